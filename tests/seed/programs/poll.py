import os
import time

from qiniu import Auth, PersistentFop, build_op, op_save

auth = Auth(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"])
pfop = PersistentFop(auth, "photos")
ret, info = pfop.execute("photo.jpg", fops=op_save(build_op("imageView2", "1", w=90, h=90), "made", "square.jpg"))
while info.ok():
    ret, info = pfop.get_status(ret["persistentId"] if "persistentId" in ret else ret["id"])
    if not info.ok():
        print("cannot look:", info.error)
    elif ret["code"] == 0:
        print("made", *[item["key"] for item in ret["items"]])
        break
    elif ret["code"] == 1:
        time.sleep(5)
    else:
        print("failed:", ret["desc"])
        break
