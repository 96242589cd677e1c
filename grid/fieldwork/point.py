"""Track point (轨迹点): a fix of a phone on patrol, as it came and where that is; what is dubious is said."""

from __future__ import annotations

from datetime import datetime
from enum import IntFlag
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from grid.db import Base, Coded, UTCDateTime
from grid.geo.crs import Datum


class PointFlag(IntFlag):
    """What is dubious of a point (疑点); a jump is a matter of its neighbours and found when a track is shown."""

    FUTURE = 1
    PAST = 2
    MOCK = 4
    COARSE = 8
    OUTSIDE = 16

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    PointFlag.FUTURE: "时间在将来",
    PointFlag.PAST: "时间太早",
    PointFlag.MOCK: "模拟定位",
    PointFlag.COARSE: "误差太大",
    PointFlag.OUTSIDE: "不在境内",
}
# Not drawn, not measured. A point from long ago is: it lies on its own day.
UNUSABLE = PointFlag.FUTURE | PointFlag.MOCK | PointFlag.COARSE | PointFlag.OUTSIDE


class TrackPoint(Base):
    """Track point (轨迹点). device_id: the seat; raw_lon, raw_lat: as sent, in ``datum``; lon, lat: CGCS2000."""

    __tablename__ = "track_point"
    __table_args__ = (Index("ix_track_point_user_id_t_ms", "user_id", "t_ms"),)

    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), primary_key=True)
    t_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    raw_lon: Mapped[float]
    raw_lat: Mapped[float]
    datum: Mapped[Datum] = mapped_column(Coded(Datum))
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    speed_mps: Mapped[float | None]
    bearing_deg: Mapped[float | None]
    altitude_m: Mapped[float | None]
    battery: Mapped[float | None]
    flags: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
