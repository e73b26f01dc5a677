import os

from qiniu import Auth, PersistentFop, build_op, op_save

auth = Auth(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"])
pfop = PersistentFop(auth, "videos")
mp3 = op_save(build_op("avthumb", "mp3", ab="128k", ar=44100), "made", "sound.mp3")
aac = op_save(build_op("avthumb", "aac", ab="96k", ar=44100), "made", "sound.aac")
louder = build_op("avthumb", "mp3", af="volume=2")
ret, info = pfop.execute("clip.mp4", fops=f"{mp3};{aac}")
if info.ok():
    print("submitted")
