import os

from qiniu import Auth, PersistentFop, build_op, op_save, pipe_cmd

auth = Auth(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"])
pfop = PersistentFop(auth, "photos")


def variants(key, stem):
    fops = []
    for width, fmt in [(50, "jpg"), (100, "webp"), (150, "png")]:
        op = build_op("imageView2", "2", w=width, format=fmt)
        if fmt == "webp":
            op = pipe_cmd(op, build_op("imageMogr2", "quality", 75))
        fops.append(op_save(op, "made", f"{stem}_{width}.{fmt}"))
    return pfop.execute(key, fops=";".join(fops))


ret, info = variants("photo.jpg", "photo")
if info.ok():
    print("submitted")
