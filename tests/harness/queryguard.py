"""Query guard: a SELECT of rows that belong to somebody must prove by its own WHERE that it stays in scope.

It watches every session while a request of a person is served (administrators see whole tables, and pass).
The proof is read off the statement, not off a mark that our own code could set by mistake: the caller's id in a
column of owners, a place of the caller's over a column of paths, the caller's department, an id that a row already
reached in this session carries; AND needs one such part, OR needs it of every part.

Let through, with reason: loads of relationships and of columns (they start from a row that was reached), flushes
(they write by key what was reached), the statements that find out who is calling (there is no caller yet).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import g, has_request_context
from sqlalchemy import event, inspect
from sqlalchemy.engine.default import StrCompileDialect
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    AsBoolean,
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    ColumnClause,
    False_,
    Grouping,
    TextClause,
    UnaryExpression,
)
from sqlalchemy.sql.selectable import AliasedReturnsRows, CompoundSelect, FromClause, Join, Select

from grid.accounts import delegation
from grid.accounts import post as posts


@dataclass(frozen=True)
class Belonging:
    """What ties the rows of a table to people: names of columns."""

    owners: frozenset[str] = frozenset()  # a person's id
    paths: frozenset[str] = frozenset()  # an area's path
    departments: frozenset[str] = frozenset()  # a department's id
    reached: frozenset[str] = frozenset()  # the row itself, or a row it hangs on


def _by(owners: str = "", paths: str = "", departments: str = "", reached: str = "") -> Belonging:
    return Belonging(*(frozenset(names.split()) for names in (owners, paths, departments, reached)))


# Tables that are everybody's (areas, rules, calendars, departments, names of the staff) or hold nothing of anybody
# (counters, jobs, the change log, which says no more than that something changed) are not here, nor those reached
# through the posts of their owners (device, quarantine: the permission matrix holds them).
SCOPED: Mapping[str, Belonging] = {
    "event": _by(owners="reporter_id", paths="area_path", reached="id merged_into_id"),
    "checkpoint_visit": _by(owners="user_id", reached="id checkpoint_id"),
    "event_log": _by(reached="event_id"),
    "event_photo": _by(owners="uploader_id", reached="id event_id"),
    "assignment": _by(departments="department_id", reached="id event_id"),
    "task": _by(owners="assignee_id", paths="area_path", reached="id subject_id"),
    "deadline": _by(reached="event_id assignment_id matter_id supervision_id"),
    "deadline_change": _by(reached="deadline_id"),
    "deadline_pause": _by(reached="deadline_id"),
    "event_request": _by(owners="asker_id", reached="id event_id"),
    "alarm": _by(owners="user_id", paths="area_path", reached="id event_id matter_id deadline_id"),
    "matter": _by(paths="area_path", reached="id"),
    "matter_entry": _by(departments="department_id", reached="matter_id"),
    "matter_unit": _by(departments="department_id", reached="matter_id"),
    "supervision": _by(paths="area_path", departments="department_id", reached="id event_id"),
    "whistle": _by(owners="blower_id", paths="area_path", reached="id"),
    "whistle_call": _by(departments="department_id", reached="whistle_id"),
    "request_decision": _by(reached="request_id event_id"),
    "event_origin": _by(owners="taker_id", reached="id event_id"),
    "handover_note": _by(owners="author_id", paths="area_path", reached="id"),
    "event_link": _by(reached="event_id other_id"),
    "notice": _by(owners="user_id"),
    "notice_delivery": _by(owners="user_id", paths="area_path", reached="id"),
    "notice_endpoint": _by(paths="area_path", reached="id"),
    "record": _by(owners="owner_id", paths="area_path", reached="id"),
    "record_conflict": _by(reached="record_id"),
    "record_photo": _by(owners="uploader_id", reached="record_id"),
    "record_version": _by(reached="record_id"),
    "sync_op": _by(owners="user_id"),
    "media_upload": _by(owners="user_id"),
    "op": _by(owners="actor_id"),
    "login_session": _by(owners="user_id", reached="id"),
    "trail_entry": _by(owners="actor_id"),
    "saved_view": _by(owners="owner_id", reached="id"),
}


DIALECT = StrCompileDialect()


class Unscoped(AssertionError):
    """A statement that could show somebody what is not theirs."""


@dataclass(frozen=True)
class Caller:
    """Whom the scope is of."""

    user_id: int
    department_id: int | None
    paths: tuple[str, ...]


class Guard:
    """Finds unproven statements; each is refused, and remembered in case the refusal is swallowed."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.proven = 0

    def watch(self, state: ORMExecuteState) -> None:
        if not has_request_context() or "actor" not in g or state.is_relationship_load or state.is_column_load:
            return
        caller = _caller()
        if caller is None or not (state.is_select or isinstance(state.statement, TextClause)):
            return
        if not is_proven(state.statement, caller, state.session):
            self.found.append(str(state.statement))
            raise Unscoped(str(state.statement))
        self.proven += 1


@contextmanager
def guarding() -> Iterator[Guard]:
    """Watch every session, whatever the thread."""
    guard = Guard()
    event.listen(Session, "do_orm_execute", guard.watch)
    try:
        yield guard
    finally:
        event.remove(Session, "do_orm_execute", guard.watch)


def _caller() -> Caller | None:
    """Who is calling; None for an administrator, and while finding out."""
    if g.get("guarded_as") != g.actor.id:  # a part of a request may be done for somebody else
        g.guarded_as, g.guarded = g.actor.id, None
        held = g.actor.posts
        if not any(posts.find(one.post).is_separate for one in held):
            lent = (one.path for one in delegation.lent_to(g.actor.id))
            paths = (*(one.area.path for one in held), *lent)
            g.guarded = Caller(g.actor.id, g.actor.department_id, paths)
    found: Caller | None = g.guarded
    return found


def is_proven(statement: Any, caller: Caller, session: Session) -> bool:
    """Does the statement reach nothing but what is the caller's?"""
    if isinstance(statement, CompoundSelect):
        return all(is_proven(part, caller, session) for part in statement.selects)
    if not isinstance(statement, Select):
        return False
    parts = _parts(statement.whereclause)
    sources, links = _from(statement)
    inner = [_select(source) for source in sources if isinstance(source, AliasedReturnsRows) and not _name(source)]
    tables = {_name(source) for source in sources} & SCOPED.keys()
    proven = {name for name in tables if any(_confines(part, name, caller, session) for part in parts)}
    links += parts
    while more := {name for name in tables - proven if any(_links(link, name, proven) for link in links)}:
        proven |= more
    return tables == proven and all(is_proven(one, caller, session) for one in inner)


def _from(statement: Select[Any]) -> tuple[list[FromClause], list[Any]]:
    """What it selects from, and what its joins say."""
    sources, links = [], []
    todo = list(_final_froms(statement))
    while todo:
        source = todo.pop()
        if isinstance(source, Join):
            todo += [source.left, source.right]
            links += _parts(source.onclause)
        else:
            sources.append(source)
    return sources, links


def _final_froms(statement: Select[Any]) -> list[FromClause]:
    """``statement.get_final_froms()``, which compiles the whole statement just to have a compiler: dear."""
    compiler = DIALECT.statement_compiler(DIALECT, None)
    found: list[FromClause] = statement._compile_state_factory(statement, compiler)._get_display_froms()
    return found


def _name(source: Any) -> str:
    """The table's; nothing for a part that is a statement itself."""
    while isinstance(source, AliasedReturnsRows):
        source = source.element
    return str(getattr(source, "name", ""))


def _parts(clause: Any) -> list[Any]:
    """What is said, of which each part alone must hold."""
    clause = _bare(clause)
    if clause is None:
        return []
    if isinstance(clause, BooleanClauseList) and clause.operator is operators.and_:
        return [clause, *(part for inner in clause.clauses for part in _parts(inner))]
    return [clause]


def _bare(clause: Any) -> Any:
    if isinstance(clause, Grouping) or (isinstance(clause, AsBoolean) and clause.operator is operators.istrue):
        return _bare(clause.element)
    return clause


def _confines(clause: Any, table: str, caller: Caller, session: Session) -> bool:
    """Does this alone keep the rows of ``table`` in the caller's scope?"""
    clause = _bare(clause)
    if isinstance(clause, False_):
        return True
    if isinstance(clause, BooleanClauseList):
        if clause.operator is operators.or_:
            return all(_confines(part, table, caller, session) for part in clause.clauses)
        parts = _parts(clause)[1:]
        return _is_within(parts, table, caller) or any(_confines(p, table, caller, session) for p in parts)
    if isinstance(clause, UnaryExpression) and clause.operator is operators.exists:
        return _exists(_select(clause), table, caller, session)
    return isinstance(clause, BinaryExpression) and _compares(clause, table, caller, session)


def _compares(clause: BinaryExpression[Any], table: str, caller: Caller, session: Session) -> bool:
    column = _column(clause.left, table)
    if column is None:
        return False
    values = _values(clause.right)
    if clause.operator is operators.in_op and values is None:
        return column in SCOPED[table].reached and is_proven(_select(clause.right), caller, session)
    if clause.operator not in (operators.eq, operators.in_op) or values is None:
        return False
    return _are_callers(column, values, SCOPED[table], caller, session)


def _are_callers(column: str, values: list[Any], belonging: Belonging, caller: Caller, session: Session) -> bool:
    if column in belonging.owners:
        return all(value == caller.user_id for value in values)
    if column in belonging.departments and caller.department_id is not None:
        return all(value == caller.department_id for value in values)
    return column in belonging.reached and set(values) <= _reached(session)


def _is_within(parts: list[Any], table: str, caller: Caller) -> bool:
    """A range of paths, ``lower <= path < upper``, inside one of the caller's places."""
    ranges: dict[str, dict[Any, str]] = {}
    for part in parts:
        if isinstance(part, BinaryExpression) and (column := _column(part.left, table)):
            if column in SCOPED[table].paths and (values := _values(part.right)):
                ranges.setdefault(column, {})[part.operator] = values[0]
    return any(
        operators.ge in found
        and found.get(operators.lt) == found[operators.ge][:-1] + "0"
        and any(found[operators.ge].startswith(path) for path in caller.paths)
        for found in ranges.values()
    )


def _exists(inner: Select[Any], table: str, caller: Caller, session: Session) -> bool:
    """EXISTS a row that is the caller's and hangs on this one."""
    parts = _parts(inner.whereclause)
    others = {_name(source) for source in _from(inner)[0]} & SCOPED.keys() - {table}
    return any(
        any(_links(part, table, {other}) for part in parts)
        and any(_confines(part, other, caller, session) for part in parts)
        for other in others
    )


def _links(clause: Any, table: str, proven: set[str]) -> bool:
    """Is it ``table.column = proven.column``, where the column says on which row one hangs?"""
    if not isinstance(clause, BinaryExpression) or clause.operator is not operators.eq:
        return False
    for one, other in ((clause.left, clause.right), (clause.right, clause.left)):
        if _column(one, table) and isinstance(other, ColumnClause) and _name(other.table) in proven:
            return True
    return False


def _select(clause: Any) -> Any:
    while not isinstance(clause, Select | CompoundSelect):
        clause = clause.element
    return clause


def _column(clause: Any, table: str) -> str | None:
    if isinstance(clause, ColumnClause) and clause.table is not None and _name(clause.table) == table:
        return str(clause.key)
    return None


def _values(clause: Any) -> list[Any] | None:
    clause = _bare(clause)
    if not isinstance(clause, BindParameter):
        return None
    value = clause.effective_value
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _reached(session: Session) -> set[Any]:
    """Keys of the rows in hand, and the keys they carry."""
    found: set[Any] = set()
    for row in (*session.identity_map.values(), *session.new):
        found.update(value for value in (inspect(row).identity or ()))
        found.update(value for value in inspect(row).dict.values() if type(value).__hash__)
    return found
