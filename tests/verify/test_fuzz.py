"""Two thousand spoilt claims here, a million by `python -m tests.verify.fuzz`; the counting can say no."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

import grusym
from grusym.errors import GrusymError
from tests.verify import fuzz
from tests.verify.fuzz import Count, Hang, Watch, judge
from tests.verify.spoilt import PLANTED, SPOILS, Pool, made

RIGHT = "∂h'/∂h = diag(z) + diag(1 - z) ∂c/∂h + diag(h - c) ∂z/∂h"
GRU = grusym.cell("gru")
WATCH = Watch()  # a hook that nothing removes: one is enough


@pytest.fixture(scope="module")
def pool() -> Pool:
    for claim in (RIGHT, RIGHT.replace("h - c", "c - h")):  # loads the modules that are loaded when needed
        grusym.verify(GRU, claim)
    return Pool.whole(Path("canary"))


def counted(monkeypatch, answer, text: str = RIGHT) -> Count:
    """What is counted where `verify` does something else."""
    monkeypatch.setattr(fuzz, "verify", answer)
    count = Count()
    judge(count, WATCH, 0, GRU, text, mend=False)
    return count


def test_two_thousand_spoilt_claims_are_answered(pool: Pool, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    count = Count()
    fuzz.fuzz(count, pool, WATCH, seed=1, numbers=range(2000))
    grave = [o for o in count.offences if o["what"] != "slow"]  # a derivation done once a cell takes its time
    assert not grave, grave[:3]
    assert sum(count.kinds.values()) == 2000 and set(count.kinds) == set(SPOILS)
    assert (
        count.outcomes["clear error"] > 500
        and count.outcomes["refuted"] > 50
        and count.outcomes["proved"] > 20
    )
    assert not list(tmp_path.iterdir())


def test_an_input_is_made_from_its_number_alone(pool: Pool) -> None:
    some = [made(pool, 3, number) for number in (5, 900_000)]
    assert [made(pool, 3, number) for number in (5, 900_000)] == some
    assert made(pool, 4, 5) != some[0]
    assert len({made(pool, 0, number)[1] for number in range(300)}) > 290


def test_a_right_claim_is_no_offence() -> None:
    count = Count()
    judge(count, WATCH, 0, GRU, RIGHT, mend=True)
    assert count.outcomes == {"proved": 1} and not count.offences


@pytest.mark.parametrize("code", PLANTED)
def test_planted_code_is_not_run(code: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    count = Count()
    for text in (
        code.format("canary"),
        f"{RIGHT} + {code.format('canary')}",
        f"∂h'/∂h = {code.format('canary')}",
    ):
        judge(count, WATCH, 0, GRU, text, mend=True)
    assert not count.offences and not list(tmp_path.iterdir())


def test_code_that_is_run_is_seen(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    verdict = grusym.verify(GRU, RIGHT)
    for deed in (
        lambda: eval("1 + 1"),
        lambda: os.system("true"),
        lambda: Path("canary").write_text("x", encoding="utf-8"),
        lambda: os.mkdir("canary.d"),
    ):
        count = counted(monkeypatch, lambda *_, deed=deed, **__: (deed(), verdict)[1])
        assert count.outcomes["evaluated"] == 1, count


def test_whatever_else_is_raised_is_counted(monkeypatch) -> None:
    def raising(error: BaseException):
        def answer(*_, **__):
            raise error

        return answer

    assert counted(monkeypatch, raising(KeyError("h"))).outcomes == {"traceback": 1}
    assert counted(monkeypatch, raising(RecursionError())).outcomes == {"traceback": 1}
    assert counted(monkeypatch, raising(Hang())).outcomes == {"hang": 1}
    assert counted(monkeypatch, raising(GrusymError(""))).outcomes["empty error"] == 1
    assert counted(monkeypatch, raising(GrusymError("no such name"))).outcomes == {"clear error": 1}


def test_an_answer_that_takes_long_is_counted(monkeypatch) -> None:
    verdict = grusym.verify(GRU, RIGHT)

    def late(*_, **__):
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass
        return verdict

    monkeypatch.setattr(fuzz, "SLOW", 0.01)
    assert counted(monkeypatch, late).outcomes["slow"] == 1
