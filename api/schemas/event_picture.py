"""What an event's answer needs beyond its row, computed from the rules and the net in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.auth import current_user
from api.imports import sealer
from api.schemas.area import area_ref
from api.schemas.origin import origin_told
from api.schemas.way import request_told, way_told
from grid.areas import net
from grid.calendars import almanac
from grid.events import lifecycle, origin, rulebook
from grid.events.event import Event, EventLog, Flag
from grid.events.link import LinkKind
from grid.events.offer import Suggestion, offers, suggestion
from grid.events.photo import EventPhoto
from grid.events.request_list import relations
from grid.events.rulebook import Class, Condition
from grid.events.similar import to as similar_to
from grid.events.state import State
from grid.geo.crs import distance_m
from grid.worktime.limit import Limit


class EventPicture:
    """An event with what its answer needs, computed from the rules and the net in memory."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._class: Class | None = rulebook.current().by_id.get(event.category_id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._event, name)

    @property
    def _condition(self) -> Condition | None:
        return self._class.filed_under(self._event.condition_id) if self._class else None

    @property
    def stage(self) -> Any:
        return self._event.state.stage

    @property
    def category(self) -> dict[str, str]:
        return category_told(self._event.category_id)

    @property
    def condition(self) -> dict[str, Any] | None:
        found = self._condition
        if found is None:
            return None
        return {"id": found.id, "text": found.text, "limit": self._words(found.limit), "closing": found.closing}

    def _words(self, limit: Limit) -> str:
        return almanac.current().policy(self._event.area_path).words(limit)

    @property
    def place(self) -> Event:
        return self._event

    @property
    def area(self) -> dict[str, Any]:
        snapshot = net.current()
        node = snapshot.node(self._event.area_id)
        return area_ref(node, snapshot.parent(node))

    @property
    def flags(self) -> list[dict[str, str]]:
        return flags(self._event.flags)

    @property
    def department(self) -> Any:
        lead = self._event.lead
        return lead.department if lead else None

    @property
    def photos(self) -> dict[str, int]:
        photos = self._event.photos
        return {"expected": len(photos), "arrived": sum(photo.has_arrived for photo in photos)}

    @property
    def photo_items(self) -> list[Any]:
        return [_photo(self._event, photo) for photo in self._event.photos]

    @property
    def history(self) -> list[Any]:
        return history(self._event.history)

    @property
    def suggestion(self) -> Suggestion | None:
        return suggestion(self._event)

    @property
    def steps(self) -> list[dict[str, Any]]:
        return [way_told(self._event, offer) for offer in offers(current_user, self._event)]

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [request_told(self._event, request) for request in reversed(self._event.requests)]

    @property
    def similar(self) -> list[dict[str, Any]]:
        if self._event.state not in EARLY:
            return []
        found = similar_to(self._event, current_user)
        return [{"id": one.event.id, "words": one.words, "distance_m": round(one.distance_m, 1)} for one in found]

    @property
    def origins(self) -> list[dict[str, Any]]:
        return [origin_told(row, sealer()) for row in origin.of(self._event.id)]

    @property
    def relations(self) -> list[dict[str, Any]]:
        found = relations(current_user, self._event)
        return [
            {
                "id": other.id,
                "how": {"value": how, "label": HOW[how]},
                "case_no": other.case_no,
                "state": other.state,
                "words": other.description[:40],
            }
            for how, other in found
        ]


def _photo(event: Event, photo: EventPhoto) -> dict[str, Any]:
    """A photo, and how far from the case it claims to have been taken: a claim that anybody can write."""
    claim = photo.claimed
    away_m = None
    if claim and claim.lon is not None and claim.lat is not None:
        away_m = round(distance_m(event.lon, event.lat, claim.lon, claim.lat), 1)
    names = ("id", "sha256", "role", "has_arrived", "shot_at", "claimed", "uploader")
    sent_at = photo.upload.at if photo.upload else None
    return {name: getattr(photo, name) for name in names} | {"sent_at": sent_at, "away_m": away_m}


def category_told(category_id: int) -> dict[str, str]:
    """The small class of an event, in force or retired."""
    found = rulebook.current().by_id.get(category_id)
    if found is None:
        return {"code": "", "name": "已停用的类别", "big_name": ""}
    return {"code": found.code, "name": found.name, "big_name": found.big_name}


def flags(told: dict[str, Any]) -> list[dict[str, str]]:
    """The flags of an event with their words."""
    return [
        {"code": code, "label": Flag(code).label} | ({"detail": detail} if detail else {})
        for code, detail in told.items()
    ]


def history(rows: list[EventLog]) -> list[dict[str, Any]]:
    """History entries, oldest first, each with the time since the one before."""
    entries = []
    previous_at = None
    for row in rows:
        labels = lifecycle.ASSIGNMENT_LABELS if row.assignment_id else lifecycle.LABELS
        used: timedelta | None = row.at - previous_at if previous_at else None
        entries.append(
            {
                "seq": row.seq,
                "at": row.at,
                "action": {"value": row.action, "label": labels[row.action]},
                "actor": {"name": row.actor_name, "post": row.actor_post, "department": row.actor_department},
                "source": row.source,
                "target": row.target,
                "note": row.note,
                "data": row.data,
                "used_s": used.total_seconds() if used is not None else None,
                "hash": row.hash,
            }
        )
        previous_at = row.at
    return entries


EARLY = (State.REPORTED, State.VERIFYING, State.PENDING_FILING, State.PENDING_DISPATCH)
HOW = {"merged_into": "并入了", "merged": "并入的", "reopened_from": "原案", "reopened_as": "重开的"}
HOW |= {kind.value: kind.label for kind in LinkKind}
