"""Wrong claims over the library's cells get their kind of error and a claim that holds; right ones none."""

from __future__ import annotations

from collections import Counter

import pytest

import grusym
from grusym.language.claim import Verdict
from grusym.unrolled import kinds
from grusym.unrolled.verdict import Frame, over_steps
from tests.unrolled.wrong_claims import PAIRS

FRAMES = {name: Frame.whole(grusym.cell(name)) for name in ("rnn", "lstm", "gru")}
UNWRITTEN = {"∂h_t/∂h_k = ∏_{j=k+1}^{t} diag(z_j)"}  # what is missing there stands in every factor
IDS = [wrong for _, _, wrong, _ in PAIRS]


def verdict(cell: str, claim: str, mend: bool = True) -> Verdict:
    return over_steps(FRAMES[cell], claim, mend=mend)


@pytest.mark.parametrize(("kind", "cell", "wrong", "right"), PAIRS, ids=IDS)
def test_a_wrong_claim_gets_its_kind_and_a_claim_that_holds(
    kind: str, cell: str, wrong: str, right: str
) -> None:
    found = verdict(cell, wrong)
    assert found.outcome == "refuted", str(found)
    assert found.error == kind, str(found)
    if right and wrong not in UNWRITTEN:
        assert found.fix, str(found)
        assert verdict(cell, found.mended, mend=False).holds, str(found)
        assert found.mended != wrong


@pytest.mark.parametrize(("cell", "right"), [(cell, right) for _, cell, _, right in PAIRS if right], ids=str)
def test_a_right_claim_is_left_alone(cell: str, right: str) -> None:
    found = verdict(cell, right)
    assert found.holds, str(found)
    assert not (found.error or found.fix or found.mended)


def test_every_kind_stands_in_three_notations() -> None:
    notations: dict[str, Counter[str]] = {kind: Counter() for kind in kinds.KINDS}
    for kind, _, wrong, _ in PAIRS:
        code = wrong.startswith("d") or "<=" in wrong
        notations[kind]["latex" if "\\" in wrong else "code" if code else "unicode"] += 1
    for kind, found in notations.items():
        few = 2 if kind == kinds.SUM else 3  # dU in code is the share of a step, whose sum += makes
        assert len(found) >= few and sum(found.values()) >= 3, kind


def test_what_is_left_as_it_was_stands_as_the_author_wrote_it() -> None:
    found = verdict(
        "rnn",
        r"\frac{\partial \mathbf{h}_t}{\partial \mathbf{h}_{t-1}} = \mathrm{diag}\big(\mathbf{1} - "
        r"\mathbf{h}_t \circ \mathbf{h}_t\big)\,\mathbf{U}^{\top}",
    )
    assert found.fix == r"\mathrm{diag}\big(\mathbf{1} - \mathbf{h}_t \circ \mathbf{h}_t\big)\,\mathbf{U}"


def test_a_time_alone_is_changed_in_a_name() -> None:
    found = verdict(
        "rnn",
        r"\frac{\partial \mathbf{h}_{t}}{\partial \mathbf{h}_{t-1}} = "
        r"\text{diag}(1 - \mathbf{h}_{t-1}^2) \cdot \mathbf{U}",
    )
    assert found.fix == r"\text{diag}(1 - \mathbf{h}_{t}^2) \cdot \mathbf{U}"


def test_code_keeps_its_paths_and_functions() -> None:
    found = verdict("rnn", "dh_prev = np.dot(self.U, dh * (1.0 - h**2))")
    assert found.fix == "np.dot(self.U.T, dh * (1.0 - h**2))"


def test_missing_paths_are_named_and_written_out() -> None:
    found = verdict("gru", "dh_prev = dh * z + U_r.T @ dr + U_z.T @ dz")
    assert found.where.endswith("path h → c → h' missing")
    assert found.fix == "dh * z + U_r.T @ dr + U_z.T @ dz + (U_c.T @ dc) * r"


def test_paths_at_every_step_are_named() -> None:
    found = verdict("gru", "∂h_t/∂h_k = ∏_{j=k+1}^{t} diag(z_j)")
    assert "path h → z → h' missing" in found.where and found.error == kinds.PATH


def test_a_claim_that_lacks_two_things_gets_both() -> None:
    found = verdict("rnn", "∂L/∂h_t = Vᵀ ∂L/∂y_t + U ∂L/∂h_{t+1}")
    assert found.error == kinds.FACTOR
    assert "Uᵀ" in found.fix and "(1 - h_{t+1}^2)" in found.fix
    assert verdict("rnn", found.mended, mend=False).holds


def test_a_slope_is_written_for_the_function_of_its_gate() -> None:
    found = verdict("lstm", r"\delta i_t = \delta c_t \odot g_t \odot (1 - i_t)")
    assert found.error == kinds.FACTOR
    assert found.fix == r"\delta c_t \odot g_t \odot (1 - i_t) \odot i_t"


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial L_t}{\partial U} = \frac{\partial L_t}{\partial h_t} "
        r"\frac{\partial h_t}{\partial h_k} \frac{\partial h_k}{\partial U}",
        "∂L_t/∂h_k = ∂L_t/∂h_t U",
    ],
)
def test_the_loss_of_a_step_is_not_taken_for_none(claim: str) -> None:
    """Where the loss depends on the last step alone, all gradients of another step's are 0 and agree."""
    assert not verdict("rnn", claim, mend=False).holds


def test_an_empty_product_is_the_identity() -> None:
    whole = (
        r"\frac{\partial L_t}{\partial U} = \sum_{k=1}^{t} \frac{\partial L_t}{\partial h_t} "
        r"\left( \prod_{j=k+1}^{t} \frac{\partial h_j}{\partial h_{j-1}} \right) "
        r"\frac{\partial h_k}{\partial U}"
    )
    assert verdict("rnn", whole, mend=False).holds
    assert not verdict("rnn", whole.replace("j=k+1", "j=k"), mend=False).holds
