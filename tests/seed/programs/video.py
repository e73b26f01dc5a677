import os

from qiniu import Auth, PersistentFop, build_op, op_save

auth = Auth(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"])
pfop = PersistentFop(auth, "videos", notify_url="http://127.0.0.1:9/done")

large = build_op("avthumb", "mp4", vcodec="libx264", acodec="aac", vb="300k", ab="64k", r=15, s="320x180", t=1)
little = build_op("avthumb", "mp4", vcodec="libx264", acodec="aac", vb="100k", ab="48k", r=15, s="160x90", t=1)
still = build_op("vframe", "jpg", offset=1.5, w=160, h=90)

commands = [op_save(large, "made", "large.mp4"), op_save(little, "made", "little.mp4")]
everything = f"{commands[0]};{commands[1]};{op_save(still, 'made', 'still.jpg')}"
ret, info = pfop.execute("clip.mp4", fops=everything, force=True)
if info.ok():
    print("submitted")
