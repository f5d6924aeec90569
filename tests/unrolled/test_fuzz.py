"""Spoilt claims and lines are answered; what is answered wrongly is seen."""

from __future__ import annotations

import pytest

from tests.unrolled import fuzz


def test_spoilt_claims_are_answered() -> None:
    tally = fuzz.Tally()
    for number in range(1500):
        fuzz.answered(number, 7, tally)
    slow = [o for o in tally.offences if " s for " in o]  # no timed test: machines are noisy
    assert [o for o in tally.offences if o not in slow] == []
    assert tally.outcomes["clear error"] > 500
    assert len(tally.outcomes) >= 3


def test_an_input_is_made_from_its_number_alone() -> None:
    assert fuzz.made(5, 1) == fuzz.made(5, 1)
    assert fuzz.made(5, 1) != fuzz.made(6, 1)


def test_a_traceback_is_an_offence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object, **named: object) -> None:
        raise KeyError("h")

    monkeypatch.setattr(fuzz, "verify_in", broken)
    monkeypatch.setattr(fuzz.grusym, "verify", broken)
    tally = fuzz.Tally()
    fuzz.answered(1, 0, tally)
    assert tally.outcomes["traceback"] == 1
    assert "KeyError" in tally.offences[0]
