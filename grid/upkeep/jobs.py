"""Background work (后台任务) in words, and trying again what failed; the loop itself is grid/job."""

from __future__ import annotations

from sqlalchemy import func, select

from grid.accounts.user import User
from grid.db import db
from grid.events import notify, redating, reminding, resuming, whistle
from grid.job import job as jobs
from grid.job.job import Job
from grid.notices.delivery import Delivery, DeliveryState
from grid.supervision import alarm, matter, supervision, watch
from grid.supervision import sweep as alarm_sweep
from grid.sync import quarantine
from grid.trail import entry as trail

SILENCE = "后台没有在运行：通知不会发出，到期不会催办。请启动 wangge worker。"
KINDS = {
    notify.KIND: "案卷动态通知",
    notify.ASKED: "申请审批通知",
    redating.KIND: "重算时限",
    whistle.KIND: "吹哨通知",
    reminding.KIND: "吹哨催报到",
    quarantine.KIND: "上报待改正通知",
    alarm.KIND: "催办通知",
    supervision.KIND: "督办通知",
    matter.KIND: "督办事项通知",
}
SWEEPS = {
    resuming.sweep.__module__: "挂账到期恢复",
    alarm_sweep.sweep.__module__: "到期催办",
    watch.sweep.__module__: "漏巡和缺照片",
    reminding.sweep.__module__: "吹哨催报到",
}
ERRORS = {
    "IntegrityError": "和现有数据冲突",
    "OperationalError": "数据库连不上或正忙",
    "NotFound": "要办的对象已经不在",
    "Conflict": "对象的状态已经变了",
    "Invalid": "数据不合要求",
    "KeyError": "缺少数据，或不认识这种任务",
    "LookupError": "缺少数据",
    "ValueError": "数据不合要求",
    "OSError": "文件或网络出错",
    "TimeoutError": "等得太久",
}


def error_words(error: str) -> str:
    """Why it failed: only the class of the error is kept, so nothing personal can be in it."""
    return f"{ERRORS.get(error, '程序出错')}（{error}）" if error else ""


def outgoing() -> tuple[int, int]:
    """Messages for outside that wait, and that were given up."""
    row = db.session.execute(
        select(
            func.count().filter(Delivery.state == DeliveryState.WAITING),
            func.count().filter(Delivery.state == DeliveryState.DEAD),
        ).select_from(Delivery)
    ).one()
    return row[0], row[1]


def retry(actor: User | None, job: Job) -> None:
    """Try a failed job at once. Raises Conflict."""
    jobs.again(job)
    trail.record(actor, "job:retry", "job", job.id, kind=job.kind, tries=job.tries)
