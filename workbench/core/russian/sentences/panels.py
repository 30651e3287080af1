"""Null hypotheses of tests, and what is said of panels."""

from __future__ import annotations

FORMS: dict[str, str] = {
    # null hypotheses
    "the coefficients of rho are zero": "ρ = 0",
    "the coefficients of lambda are zero": "λ = 0",
    "the coefficients of rho, lambda are zero": "ρ = 0 и λ = 0",
    "the coefficients of {names:any}, rho are zero": "ρ = 0 и коэффициенты при {names} равны нулю",
    "the coefficients of {names:any}, lambda are zero": (
        "λ = 0 и коэффициенты при {names} равны нулю"
    ),
    "the coefficients of rho, {names:any} are zero": "ρ = 0 и коэффициенты при {names} равны нулю",
    "the coefficients of lambda, {names:any} are zero": (
        "λ = 0 и коэффициенты при {names} равны нулю"
    ),
    "the coefficients of {names:any} are zero": "коэффициенты при {names} равны нулю",
    "disturbances of a region are not correlated": "ошибки одного региона не коррелированы",
    "residuals of neighbours are uncorrelated in every period": (
        "остатки соседей не коррелированы ни в одном периоде"
    ),
    "neither random effects nor serial correlation": (
        "нет ни случайных эффектов, ни корреляции во времени"
    ),
    "effects before treatment are zero": "эффекты до воздействия равны нулю",
    "theta = -rho * beta: the model is a spatial error model": (
        "θ = −ρβ: модель сводится к модели пространственной ошибки"
    ),
    "mixture of chi2({a:n}, {b:n}, {c:n})": "смесь chi2({a}, {b}, {c})",
    # a review of a panel
    "Dependence left between regions (CDw+): p = {p:n}.": (
        "Оставшаяся зависимость между регионами (CDw+): p = {p}."
    ),
    "No constant is added before a logarithm, and the outcome has no zeros.": (
        "Перед логарифмом константа не прибавляется, нулей в зависимой переменной нет."
    ),
    "Fixed effects of {n:n} regions over {t:n} periods are treated by Lee and Yu's "
    "transformation; without it the standard error would be {share:n} times this one.": (
        "Фиксированные эффекты: регионов {n}, периодов {t}; применено преобразование Ли и Ю, без "
        "него стандартная ошибка составила бы {share} от приведённой."
    ),
    "{t:n} periods are too few for unit roots to matter or to be tested ({need:n} needed).": (
        "Периодов {t}: слишком мало, чтобы единичные корни что-то значили или проверялись "
        "(нужно {need})."
    ),
    "The statement that must stand: {statement} ({value:n} [{low:n}, {high:n}], {p}; {verdict}).": (
        "Утверждение, которое должно устоять: {statement} ({value} [{low}; {high}], {p}; "
        "{verdict})."
    ),
    "Weights held against W: {names:any}.": "С W сопоставлены матрицы весов: {names}.",
}
