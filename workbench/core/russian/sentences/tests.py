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
    # why a test is not made
    "residuals of {model} are not least-squares residuals": "остатки {model} — не остатки МНК",
    "its F law is that of least squares, not of {model}": (
        "F-распределение у него при МНК, а не при {model}"
    ),
    "{model} models that correlation itself": "{model} сама описывает эту корреляцию",
    "{model} is no spatial Durbin model": "{model} — не пространственная модель Дарбина",
    "all eigenvalues of a matrix of {n:n} regions take long: ask for it with {call:any}": (
        "собственные числа матрицы из {n} {n:региона|регионов|регионов} считать долго: "
        "запросите его вызовом {call}"
    ),
    "the model without WX has no estimate ({why:any})": "модель без WX не оценена ({why})",
    "the error model has no estimate ({why:any})": "модель ошибки не оценена ({why})",
    "the model has no {term}": "в модели нет {term}",
    "{term} has no standard error": "у {term} нет стандартной ошибки",
    'it compares a fit of model="sem" with OLS; this is {model}': (
        'он сравнивает model="sem" с МНК, а это {model}'
    ),
    "the covariance is {cov}: a likelihood ratio takes equal variances": (
        "ковариационная матрица — {cov}: отношение правдоподобий исходит из равных дисперсий"
    ),
    "the slope of last on first values, {slope:n}, is not within ±1": (
        "наклон последних значений по первым, {slope}, не лежит в пределах ±1"
    ),
    "no two differences are {n:n} period(s) apart": (
        "нет двух разностей, между которыми {n} {n:период|периода|периодов}"
    ),
    "it needs dense matrices of {n:n} by {m:n} regions": (
        "нужны плотные матрицы {n} на {m} регионов"
    ),
    "the restricted model could not be estimated: {why:any}": (
        "модель с ограничением оценить не удалось: {why}"
    ),
    "random effects cannot be estimated: {why:any}": "случайные эффекты не оценить: {why}",
    "random effects could not be estimated: {why:any}": (
        "случайные эффекты оценить не удалось: {why}"
    ),
    "fixed and random effects cannot both be estimated: {why:any}": (
        "и фиксированные, и случайные эффекты вместе не оценить: {why}"
    ),
    "the model with means could not be estimated: {why:any}": (
        "модель со средними оценить не удалось: {why}"
    ),
    "residuals do not vary in period {periods:any}": "остатки не меняются в периоде {periods}",
}
