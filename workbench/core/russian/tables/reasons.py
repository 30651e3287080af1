"""What a test is about, how to read a small p-value of it, and why it is not made."""

from __future__ import annotations

ABOUT: dict[str, str] = {
    "spatial dependence": "пространственная зависимость",
    "lagged regressors": "лаги регрессоров",
    "spatial parameters": "пространственные параметры",
    "omitted variables": "пропущенные переменные",
    "functional form": "функциональная форма",
    "normality": "нормальность",
    "instruments": "инструменты",
}

SMALL_P: dict[str, str] = {
    "residuals resemble (or repel) their neighbours'": (
        "остатки похожи на остатки соседей (или противоположны им)"
    ),
    "residuals resemble (or repel) their neighbours': think of sac": (
        "остатки похожи на остатки соседей (или противоположны им): попробуйте sac"
    ),
    "Wy is missing, or something like it": "не хватает Wy или чего-то похожего",
    "disturbances are spatially correlated": "ошибки пространственно коррелированы",
    "Wy is missing, not only correlated disturbances": (
        "не хватает Wy, а не только корреляции ошибок"
    ),
    "disturbances are correlated, not only Wy missing": (
        "ошибки коррелированы, а не только не хватает Wy"
    ),
    "a lag, an error, or both are missing": "не хватает лага, корреляции ошибок или того и другого",
    "Wy does not exhaust the dependence: think of sac or sdm": (
        "Wy не исчерпывает зависимости: попробуйте sac или sdm"
    ),
    "neighbours' regressors are missing": "не хватает регрессоров соседей",
    "neighbours' regressors are missing, not only Wy": (
        "не хватает регрессоров соседей, а не только Wy"
    ),
    "Wy is missing, not only neighbours' regressors": (
        "не хватает Wy, а не только регрессоров соседей"
    ),
    "Wy, WX or both are missing": "не хватает Wy, WX или того и другого",
    "WX, correlated disturbances or both are missing": (
        "не хватает WX, корреляции ошибок или того и другого"
    ),
    "neighbours' regressors belong in the model": "регрессоры соседей нужны в модели",
    "Wy belongs in the model": "Wy нужен в модели",
    "the spatial parameters belong in the model": "пространственные параметры нужны в модели",
    "sem is too narrow: keep sdm": "sem слишком узка: оставьте sdm",
    "neither is right: something is omitted that is correlated with the regressors": (
        "неверны обе: пропущено что-то, коррелированное с регрессорами"
    ),
    "the relation is not linear in these terms, or terms are missing": (
        "связь не линейна по этим членам, или каких-то членов не хватает"
    ),
    "the outcome is on the wrong scale (try its logarithm), or terms are missing": (
        "зависимая переменная взята не в той шкале (попробуйте логарифм), или не хватает членов"
    ),
    "tails or asymmetry that normal ones do not have": (
        "хвосты или асимметрия, каких у нормальных ошибок нет"
    ),
    "variances differ between regions: classical standard errors mislead": (
        "дисперсии у регионов разные: классические стандартные ошибки обманывают"
    ),
    "they do; yet F below 10 is weak": "влияют; но F меньше 10 — это слабые инструменты",
    "identified, which does not say how well": "идентифицирована, но неизвестно, насколько хорошо",
    "an instrument is not valid, or the model is wrong": (
        "какой-то инструмент негоден, или неверна модель"
    ),
    "least squares is inconsistent: keep the instruments": (
        "МНК несостоятелен: оставьте инструменты"
    ),
}

MODELS: dict[str, str] = {
    "the model was fitted without weights W": "модель оценена без весов W",
    "the model has no Wy": "в модели нет Wy",
    "the model has no Wy: see LM error": "в модели нет Wy: см. LM ошибки",
    "the model has no WX": "в модели нет WX",
    "least squares": "МНК",
    "the model has no spatial parameter": "в модели нет пространственного параметра",
    "the model has no intercept": "в модели нет константы",
    "the model has no fixed effects": "в модели нет фиксированных эффектов",
    "the model has WX already: see Wald WX": "WX в модели уже есть: см. тест Вальда для WX",
    "the model has lambda for that correlation: see Wald lambda": (
        "для этой корреляции в модели есть λ: см. тест Вальда для λ"
    ),
    "the model does not have it": "в модели этого нет",
    "the model does not have them": "в модели их нет",
    "lag and error cannot be told apart with these regressors": (
        "с этими регрессорами лаг и ошибку не различить"
    ),
    "lag and error cannot be told apart here": "лаг и ошибку здесь не различить",
    "it is not defined here": "здесь он не определён",
    "there is no regressor": "нет регрессоров",
    "there is no regressor to lag": "нет регрессоров, от которых можно взять лаг",
    "there is no spatial parameter to allow for": (
        "нет пространственного параметра, который надо было бы учесть"
    ),
    "it is known for one spatial parameter, not for two": (
        "он известен для одного пространственного параметра, а не для двух"
    ),
    "its variance is not positive": "его дисперсия не положительна",
    "its variance is not positive here": "его дисперсия здесь не положительна",
    "its variance is not positive definite here": (
        "его ковариационная матрица здесь не положительно определена"
    ),
    "its variance is zero": "его дисперсия равна нулю",
    "its covariance is singular": "его ковариационная матрица вырождена",
    "the covariance is not positive definite": (
        "ковариационная матрица не положительно определена"
    ),
    "this covariance has a law for one coefficient at a time": (
        "закон распределения с этой ковариационной матрицей известен лишь для одного коэффициента"
    ),
    "both estimators have the same variance": "дисперсии обеих оценок одинаковы",
    "powers of the fitted values are combinations of the terms, or leave no region over": (
        "степени расчётных значений — комбинации членов модели, или лишних наблюдений не остаётся"
    ),
    "its auxiliary regression has as many terms as there are regions": (
        "в его вспомогательной регрессии столько же членов, сколько регионов"
    ),
    "a fit by moments maximises no likelihood": "метод моментов не максимизирует правдоподобия",
    "the larger model has the lower likelihood: they are not nested as estimated": (
        "у более широкой модели правдоподобие меньше: как оценены, модели не вложены"
    ),
    "it is made for sdm with every slope lagged": "он делается для sdm с лагами всех регрессоров",
    "moments have no likelihood: see the Wald tests of a fit": (
        "у метода моментов нет правдоподобия: см. тесты Вальда"
    ),
    "random effects by feasible GLS do not maximise the likelihood": (
        "доступный ОМНК со случайными эффектами не максимизирует правдоподобия"
    ),
    "the model is estimated by moments: there is no likelihood and no least-squares law": (
        "модель оценена методом моментов: нет ни правдоподобия, ни распределений МНК"
    ),
}

INSTRUMENTS: dict[str, str] = {
    "nothing is endogenous": "эндогенных переменных нет",
    "no regressor was named endogenous; Wy is by the form of the model": (
        "ни один регрессор не назван эндогенным; Wy эндогенен по самой форме модели"
    ),
    "there are no more instruments than coefficients": "инструментов не больше, чем коэффициентов",
    "no more instruments than coefficients": "инструментов не больше, чем коэффициентов",
    "there are as many instruments as needed": "инструментов ровно столько, сколько нужно",
    "instruments are as many as coefficients, or the disturbance is spatial": (
        "инструментов столько же, сколько коэффициентов, или ошибка пространственная"
    ),
    "instruments are as many as regions: their covariance has no inverse": (
        "инструментов столько же, сколько регионов: их ковариационная матрица необратима"
    ),
    "there are no more clusters than moments: their covariance has no inverse": (
        "кластеров не больше, чем моментов: ковариационная матрица необратима"
    ),
    "instruments fit an endogenous term exactly": (
        "инструменты описывают эндогенную переменную точно"
    ),
    "with classical errors it is Sargan's test": "с классическими ошибками это тест Саргана",
    "the moments are not weighted by their covariance": (
        "моменты взвешены не их ковариационной матрицей"
    ),
    "the estimated variance of the statistic is not positive": (
        "оценённая дисперсия статистики не положительна"
    ),
    "disturbances in levels hold effects of unknown variance: see Hansen J": (
        "в ошибках в уровнях есть эффекты неизвестной дисперсии: см. J Хансена"
    ),
    "without them there are not enough instruments": "без них инструментов не хватает",
    "the equations without effects have too few instruments of their own": (
        "у уравнений без эффектов слишком мало собственных инструментов"
    ),
}

PANELS: dict[str, str] = {
    "the panel is not balanced": "панель не сбалансирована",
    "there is one period only": "период только один",
    "there is one region only": "регион только один",
    "there is one effect only": "эффект только один",
    "there are too few periods": "периодов слишком мало",
    "there is no period before the reference": "до опорного периода нет других",
    "there are no more clusters than leads": "кластеров не больше, чем опережений",
    "there are no more regions than regressors": "регионов не больше, чем регрессоров",
    "the outcome is not a count": "зависимая переменная — не число событий",
    "the estimator has no regression in rows": "у этой оценки нет регрессии по строкам",
    "no regressor varies over time": "ни один регрессор не меняется во времени",
    "no regressor varies over time and regions": (
        "ни один регрессор не меняется и во времени, и между регионами"
    ),
    "W links no regions": "W не связывает никаких регионов",
    "effects of periods make residuals sum to zero in every period": (
        "из-за эффектов периодов остатки каждого периода в сумме равны нулю"
    ),
    "effects of periods take out all that W links: each region has the same neighbours": (
        "эффекты периодов вбирают всё, что связывает W: у всех регионов одни и те же соседи"
    ),
    'it is made for effects="entity"': 'он делается для effects="entity"',
    'it is made for effects="first-difference"': 'он делается для effects="first-difference"',
    "it is made for fixed effects of regions": "он делается для фиксированных эффектов регионов",
    "it is made for pooled models and fixed effects of regions and periods": (
        "он делается для сквозных моделей и фиксированных эффектов регионов и периодов"
    ),
    "it compares effects of regions, and this model has other effects": (
        "он сравнивает эффекты регионов, а в этой модели эффекты другие"
    ),
    "it compares effects of regions, and this model has effects of periods": (
        "он сравнивает эффекты регионов, а в этой модели — эффекты периодов"
    ),
    "it needs at least three periods": "нужно хотя бы три периода",
    "it needs two regions and two periods": "нужны два региона и два периода",
    "it needs three regions and three periods": "нужны три региона и три периода",
    "it needs two regions and three periods that vary": (
        "нужны два региона и три периода с изменениями"
    ),
    "it needs a balanced panel of three periods": "нужна сбалансированная панель из трёх периодов",
    "it needs a balanced panel of two regions and three periods": (
        "нужна сбалансированная панель из двух регионов и трёх периодов"
    ),
    "it needs a balanced panel of three regions and three periods": (
        "нужна сбалансированная панель из трёх регионов и трёх периодов"
    ),
    "its statistic is negative: the covariances differ the wrong way in this sample": (
        "его статистика отрицательна: в этой выборке разность ковариационных матриц не того знака"
    ),
    "the covariances differ the wrong way in this sample: see the Mundlak test": (
        "в этой выборке разность ковариационных матриц не того знака: см. тест Мундлака"
    ),
}

ROOMS: dict[str, str] = {
    "no class has both several destinations and several tables to compare": (
        "нет класса, из которого есть несколько переходов и для которого есть что сравнивать"
    ),
    "logarithms of values that are not positive": "логарифмы неположительных значений",
    "one indicator": "показатель один",
    "indicators are combinations of each other": "показатели — комбинации друг друга",
    "no permutations were asked for": "перестановок не просили",
    "no permutations were drawn: permutations=999": "перестановок не было: permutations=999",
    "residuals of a region share its inefficiency": (
        "в остатках региона есть общая для них неэффективность"
    ),
    "masses after competition are no longer exchangeable": (
        "массы с поправкой на конкуренцию уже нельзя переставлять"
    ),
    "all masses are equal": "все массы равны",
    "all mass is in one region": "вся масса в одном регионе",
}

WORDS: dict[str, str] = {**ABOUT, **SMALL_P, **MODELS, **INSTRUMENTS, **PANELS, **ROOMS}
