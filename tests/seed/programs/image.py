import os

from qiniu import Auth, PersistentFop, build_op, op_save, pipe_cmd

auth = Auth(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"])
pfop = PersistentFop(auth, "photos", pipeline="pictures")

small = build_op("imageView2", "2", w=300, h=200, format="webp")
logo = "aHR0cDovL3d3dy5xaW5pdS5jb20vaW1hZ2VzL2xvZ28ucG5n"  # http://www.qiniu.com/images/logo.png
mark = build_op("watermark", "1", image=logo, dissolve=80, gravity="NorthWest", dx=5, dy=5)
fops = op_save(pipe_cmd(small, mark), "made", "small.webp")

ret, info = pfop.execute("photo.jpg", fops=fops)
print("submitted" if info.ok() else info.error)
