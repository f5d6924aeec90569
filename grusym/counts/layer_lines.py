"""Layers as code and model summaries write them, with the number that is said of each.

LSTM(32, input_shape=(None, 16)): 6272     GRUCell(3 => 5)  # 135 parameters
nn.GRU(input_size=10, hidden_size=20)      lstm_1 (LSTM)  (None, 10, 32)  6,272
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from grusym.counts.words import CELL_OF
from grusym.language.amounts.tree import Place

NAME = r"(?P<bi>Bidirectional\s*\(\s*)?(?P<name>(?:[A-Za-z_]\w*\.)*\w*(?:gru|lstm|rnn)\w*)"
CALL = re.compile(rf"(?<![\w.]){NAME}\s*\((?P<args>(?:[^()]|\([^()]*\))*)\)", re.IGNORECASE)
SUMMARY = re.compile(
    r"(?P<name>[\w]*(?:gru|lstm|rnn)\w*)\s*"
    r"\(\s*(?P<type>Simple ?RNN|GRU|LSTM|RNN|Bidirectional|CuDNN\w+)\s*\)\s*[|│]?\s*"
    r"[\[(]+\s*(?P<shape>None[^\])]*)[\])]+\s*[|│]?",
    re.IGNORECASE,
)
KERAS_ONLY = {"input_shape", "batch_input_shape", "return_sequences", "use_bias", "reset_after", "units"}
NUMBER = r"(?P<number>\d{1,3}(?:[,_ ]\d{3})+(?!\d)|\d+)"
AFTER = re.compile(rf"[^\d\n;]*?{NUMBER}(?![\w.]*\s*[*×(+])", re.IGNORECASE)
SWITCH = re.compile(
    rf"(?P<key>use_bias|bias|reset_after|bidirectional)\s*=\s*(?P<value>True|False)\s*[:=→-]*\s*{NUMBER}",
    re.IGNORECASE,
)
FORMULA = re.compile(r"\s*[)\]]*\s*[:=#→]?[^\n;\d]*\d[\d,]*\s*[*×·(]")


@dataclass(frozen=True)
class Layer:
    """A layer that a text writes: its cell, the sizes given, its switches and the number said of it.

    `style` is torch, keras or flux, as far as its arguments show.
    """

    cell: str
    number: int
    place: Place
    end: int
    style: str = ""
    hidden: int | None = None
    input: int | None = None
    layers: int = 1
    projection: int | None = None
    switches: dict[str, bool] = field(default_factory=dict)


def layer_lines(text: str) -> tuple[Layer, ...]:
    """Every layer in a text that a number of parameters is said of, and the same layer with a switch set."""
    found: list[Layer] = []
    for m in (*CALL.finditer(text), *SUMMARY.finditer(text)):
        layer = _called(m, text) if m.re is CALL else _summarised(m)
        number = AFTER.match(text, layer.end) if layer else None
        if (
            layer is None
            or number is None
            or FORMULA.match(text, layer.end)
            or any(m.start() < one.end for one in found)
        ):
            continue
        said = replace(layer, number=_whole(number["number"]), end=number.end())
        found.append(said)
        found += _switched(said, text)
    return tuple(found)


def _switched(layer: Layer, text: str) -> list[Layer]:
    """The same layer with a switch set otherwise, later in the line: use_bias=False: 8."""
    end = text.find("\n", layer.end)
    rest = text[layer.end : len(text) if end < 0 else end]
    found = []
    for m in SWITCH.finditer(rest):
        switches = {**layer.switches, m["key"].lower(): m["value"].lower() == "true"}
        place = Place(layer.end + m.start(), layer.end + m.end())
        found.append(
            replace(layer, number=_whole(m["number"]), switches=switches, place=place, end=place.end)
        )
    return found


def _whole(text: str) -> int:
    return int(re.sub(r"\D", "", text)[:30])


def _cell(name: str) -> str:
    small = name.rsplit(".", 1)[-1].lower().replace("cudnn", "").replace("simple", "")
    for kind in ("gru", "lstm", "rnn"):
        if kind in small:
            return CELL_OF.get(small, kind)
    return ""


def _summarised(m: re.Match[str]) -> Layer | None:
    shape = [part.strip() for part in m["shape"].split(",")]
    both = m["type"].lower() == "bidirectional"
    cell = _cell(m["name"] if both else m["type"])
    if not shape[-1].isdigit() or not cell:
        return None
    width = int(shape[-1]) // 2 if both else int(shape[-1])
    switches = {"bidirectional": True} if both else {}
    return Layer(cell, 0, Place(m.start(), m.end()), m.end(), "keras", width, switches=switches)


def _called(m: re.Match[str], text: str) -> Layer | None:
    cell, args = _cell(m["name"]), m["args"]
    if not cell:
        return None
    layer = Layer(cell, 0, Place(m.start(), m.end()), m.end())
    if m["bi"]:
        rest = re.compile(r"\s*(?:,((?:[^()]|\([^()]*\))*))?\)").match(text, m.end())
        if rest is None:
            return None
        args = f"{args},{rest[1] or ''}"
        whole = Place(m.start(), rest.end())
        layer = replace(layer, switches={"bidirectional": True}, place=whole, end=rest.end())
    if flux := re.match(r"\s*(\d+)\s*(?:=>|,\s*=>)\s*(\d+)", args):
        return replace(layer, style="flux", input=int(flux[1]), hidden=int(flux[2]))
    return _arguments(layer, args, m["name"])


def _arguments(layer: Layer, args: str, name: str) -> Layer | None:
    pieces = [piece.strip() for piece in re.split(r",(?![^()\[\]]*[)\]])", args) if piece.strip()]
    plain = [int(piece.replace("_", "")) for piece in pieces if re.fullmatch(r"\d[\d_]*", piece)]
    given = dict(piece.split("=", 1) for piece in pieces if "=" in piece)
    given = {key.strip().lower(): value.strip() for key, value in given.items()}
    switches = dict(layer.switches)
    for key in ("use_bias", "bias", "reset_after", "bidirectional"):
        if given.get(key, "").lower() in ("true", "false"):
            switches[key] = given[key].lower() == "true"
    torch = "nn." in name or "hidden_size" in given or "input_size" in given or len(plain) > 1
    order = ["input_size", "hidden_size", "num_layers"] if torch else ["units"]
    sizes = {**dict(zip(order, map(str, plain), strict=False)), **given}
    hidden = _size(sizes.get("hidden_size") or sizes.get("units"))
    if hidden is None:
        return None
    shape = re.findall(r"\d+|None", sizes.get("input_shape", "") or sizes.get("batch_input_shape", ""))
    width = _size(sizes.get("input_size") or sizes.get("input_dim") or (shape[-1] if shape else None))
    return replace(
        layer,
        style="torch" if torch else "keras" if given.keys() & KERAS_ONLY else "",
        hidden=hidden,
        input=width,
        layers=_size(sizes.get("num_layers")) or 1,
        projection=_size(sizes.get("proj_size")) or None,
        switches=switches,
    )


def _size(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 10 else None
