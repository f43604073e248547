"""Which other figure of the same report, put as the base, gives a stated share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from commlib.audit.operations import base_total, ratio
from commlib.audit.records import Claim, Figure
from commlib.hedges import decimals, number, rounded
from commlib.units import unit

Report = Mapping[str, Figure]   # the figures of one report by id, in file order


def other_base(claim: Claim, report: Report) -> Figure | None:
    """The first exact figure, of the kind of the named base but not equal to it, that gives the stated value alone."""
    # Where several fit, the one that speaks of the same place as the named base is the likeliest.
    likeliest = sorted(_candidates(claim, report), key=lambda one: not one.same_place(claim.denominators[0]))
    return next((one for one in likeliest if _gives(claim, one.base_value)), None)


def joint_base(claim: Claim, report: Report) -> tuple[Figure, ...] | None:
    """Two or three neighbours among the figures of that kind whose sum is such a base; None unless just one group is.

    Only a stated value of three digits or more is tried: a shorter one is met by chance.
    """
    if len(claim.printed.replace(".", "").lstrip("+-0")) < 3:
        return None
    runs = list(_candidates(claim, report))
    groups = [tuple(runs[start:start + size]) for size in (2, 3) for start in range(len(runs) - size + 1)]
    fits = [group for group in groups if len({one.unit for one in group}) == 1 and _gives(claim, base_total(group))]
    return fits[0] if len(fits) == 1 else None


def _gives(claim: Claim, base: Fraction) -> bool:
    value = ratio(claim, claim.numerators, base)
    return value is not None and rounded(value, decimals(claim.printed)) == number(claim.printed)


def _candidates(claim: Claim, report: Report) -> dict[Figure, None]:
    """The figures that may be such a base, each once, in file order."""
    return dict.fromkeys(_eligible(claim, report))


def _eligible(claim: Claim, report: Report) -> Iterator[Figure]:
    named = base_total(claim.denominators)
    kind = unit(claim.denominators[0].unit).kind
    taken = {_root(figure, report).id for figure in (claim.stated, *claim.operands)}
    for figure in report.values():
        if figure.value is None or figure.hedged or unit(figure.unit).kind != kind:
            continue
        root = _root(figure, report)
        if root.id not in taken and root.base_value not in (0, named):
            yield figure if root.hedged else root


def _root(figure: Figure, report: Report) -> Figure:
    """The first statement of the same thing in this report, while the values agree; else the figure itself."""
    seen = {figure.id}
    while (first := report.get(figure.original)) is not None and first.id not in seen:
        if first.value is None or first.base_value != figure.base_value:
            break
        seen.add(first.id)
        figure = first
    return figure
