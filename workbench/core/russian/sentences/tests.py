"""Names of tests and null hypotheses that name a variable."""

from __future__ import annotations

FORMS: dict[str, str] = {
    "First stage: {term:any}": "Первый шаг: {term}",
    "First stage F ({term:any})": "F первого шага ({term})",
    "Bartlett, {group:any}": "Бартлетта, {group}",
    "the same probabilities in every one of {n:n} blocks of intervals": (
        "в каждом из блоков интервалов ({n}) вероятности одни и те же"
    ),
    "adoption does not depend on what is {name}": "освоение не зависит от показателя {name}",
    "{model} is right: the prediction of {other} adds nothing": (
        "верна {model}: прогноз {other} ничего не добавляет"
    ),
    "differenced disturbances are not correlated {n:n} period(s) apart": (
        "разности ошибок не коррелированы через {n} {n:период|периода|периодов}"
    ),
    "tau + {size:n} (rho + eta) = 1: what all regions share does not die out": (
        "τ + {size} (ρ + η) = 1: общее для всех регионов не затухает"
    ),
    "tau + rho + eta = 1: what all regions share does not die out": (
        "τ + ρ + η = 1: общее для всех регионов не затухает"
    ),
    "instruments do not move {name:any}": "инструменты не влияют на {name}",
}
