import os

from qiniu import Auth, PersistentFop, build_op, op_save

auth = Auth(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"])
pfop = PersistentFop(auth, "papers")
page = build_op("yifangyun_preview", "v2", type="pdf", page=2, format="jpg")
ret, info = pfop.execute("paper.pdf", fops=op_save(page, "made", "page2.jpg"))
