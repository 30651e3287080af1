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
    # why a path of tests ends where it does
    "effects matter together, but neither those of regions nor of periods alone.": (
        "Вместе эффекты важны, но порознь не важны ни эффекты регионов, ни эффекты периодов."
    ),
    "LM tests do not apply: {why:any}.": "LM-тесты неприменимы: {why}.",
    **{
        f"{model} could not be estimated: {{why:any}}.": (
            f"Модель {model.upper()} оценить не удалось: {{why}}."
        )
        for model in ("slx", "sar", "sem", "sdm")
    },
    "SDM rejects both SAR and SEM.": "SDM отвергает и SAR, и SEM.",
    "SDM rejects neither SAR nor SEM, and LM tests do not tell them apart.": (
        "SDM не отвергает ни SAR, ни SEM, а LM-тесты их не различают."
    ),
    "SDM does not reject it, and LM tests point to it.": (
        "SDM её не отвергает, и на неё указывают LM-тесты."
    ),
    "SDM does not reject sar, but LM tests do not point to it.": (
        "SDM не отвергает SAR, но LM-тесты указывают не на неё."
    ),
    "SDM does not reject sem, but LM tests do not point to it.": (
        "SDM не отвергает SEM, но LM-тесты указывают не на неё."
    ),
    "neither LM test rejects least squares, and SLX does not either.": (
        "Ни один LM-тест не отвергает МНК, не отвергает его и SLX."
    ),
    "WX matters, and so does Wy beside it.": "WX важно, и Wy рядом с ним тоже.",
    "WX matters, and Wy beside it does not.": "WX важно, а Wy рядом с ним — нет.",
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
