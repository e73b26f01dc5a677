import os

from qiniu import Auth, PersistentFop

auth = Auth(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"])
ret, info = PersistentFop(auth, "photos").execute(
    key="photo.jpg",
    workflow_template_id="thumbnails",
    persistent_type=2,  # as an old page has it
)
if info.ok():
    print("submitted")
