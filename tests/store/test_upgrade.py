"""A workspace of an earlier version is brought to the newest schema without loss."""

from __future__ import annotations

from array import array
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import aggregator.store
from aggregator.model import CandidateFilter
from aggregator.store.head import HEAD
from aggregator.store.store import Store

_CANDIDATE = {
    "status": "pending", "title": "端侧推理", "title_raw": "端侧推理", "section": "news", "section_confidence": 0.5, "score": 1.0,
    "source": "s", "arrived_at": "2026-09-01 00:00:00.000000", "summary": "", "tags": "[]", "links": "[]", "score_reasons": "[]",
    "section_reasons": "[]", "similar": "[]", "warnings": "[]",
}  # fmt: skip


def first_version(path: Path) -> None:
    """A database as the first version left it, with three candidates and the features of their titles."""
    engine = sa.create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(Path(aggregator.store.__file__).parent / "migrations"))
    config.attributes["engine"] = engine
    command.upgrade(config, "0001")
    with engine.begin() as connection:
        columns = ", ".join(_CANDIDATE)
        values = ", ".join(f":{name}" for name in _CANDIDATE)
        for number in (1, 2, 3):
            statement = sa.text(f"INSERT INTO candidate (id, {columns}) VALUES ({number}, {values})")  # noqa: S608
            connection.execute(statement, _CANDIDATE)
        grams = [(7, 1), (65_535, 1), (7, 2)]
        connection.execute(
            sa.text("INSERT INTO title_gram (bucket, candidate_id) VALUES (:bucket, :owner)"),
            [{"bucket": bucket, "owner": owner} for bucket, owner in grams],
        )
    engine.dispose()


def test_the_first_version(tmp_path: Path) -> None:
    first_version(tmp_path / "a.db")
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    with store.read() as unit:
        assert [one.title for one in unit.candidates.find(CandidateFilter())] == ["端侧推理"] * 3
        assert [(owner, list(array("H", packed))) for owner, packed in unit.learning.anchors(1)] == [(1, [7, 65_535]), (2, [7])]
    store.close()
    again = Store(f"sqlite:///{tmp_path / 'a.db'}")
    with again.read() as unit:
        assert len(list(unit.learning.anchors(2))) == 1
    again.close()
    with sa.create_engine(f"sqlite:///{tmp_path / 'a.db'}").connect() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD


def test_there_and_back(tmp_path: Path) -> None:
    first_version(tmp_path / "a.db")
    Store(f"sqlite:///{tmp_path / 'a.db'}").close()
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    config = Config()
    config.set_main_option("script_location", str(Path(aggregator.store.__file__).parent / "migrations"))
    config.attributes["engine"] = engine
    command.downgrade(config, "0001")
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT bucket, candidate_id FROM title_gram ORDER BY candidate_id, bucket")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [(7, 1), (65_535, 1), (7, 2)]
