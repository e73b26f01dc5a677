"""The client of the service: submit jobs, wait for them, be told of them, and sign uploads and URLs.

========================  =================================================================================
:mod:`~.client`           ``Client`` and ``Job``
:mod:`~.aio`              ``AsyncClient`` and ``AsyncJob``, with the extra ``async``
:mod:`~.models`           what the service says about a job
:mod:`~.errors`           what goes wrong, and what to do about it
:mod:`~.notifications`    the notification that a job has ended; :mod:`~.once` to handle it once
:mod:`~.policy`           put policies, which start jobs on upload
:mod:`~.urls`             URLs that process an object while it is read
:mod:`~.outputs`          where a command's output will be
:mod:`~.auth`             signatures, made and verified; :mod:`~.credentials` for where keys come from
========================  =================================================================================

Below these, :mod:`~.exchange`, :mod:`~.waiting` and :mod:`~.schedule` hold the conversation with the service without
doing any I/O, judged by :mod:`~.judge`; :mod:`~.transport` carries it.
"""
