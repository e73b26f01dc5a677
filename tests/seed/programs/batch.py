import os
import threading
import time

from qiniu import Auth, PersistentFop, build_op, op_save

auth = Auth(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"])
pfop = PersistentFop(auth, "photos")
small = build_op("imageView2", "2", w=120, format="webp")


def watch(persistent_id, name):
    while True:
        ret, info = pfop.get_status(persistent_id)
        if not info.ok() or ret["code"] != 1:
            print(name, "is done" if info.ok() and ret["code"] == 0 else "has failed")
            return
        time.sleep(10)


for name in ["1.jpg", "2.jpg", "3.jpg"]:
    ret, info = pfop.execute(name, fops=op_save(small, "made", name.replace(".jpg", ".webp")))
    if info.ok():
        threading.Thread(target=watch, args=(ret["persistentId"], name), daemon=True).start()

input("Press Enter to end ")
