"""Names of tests, as rows of tables have them, and their null hypotheses."""

from __future__ import annotations

NAMES: dict[str, str] = {
    # effects of regions and periods
    "Honda": "Хонды",
    "Honda (periods)": "Хонды (периоды)",
    "Honda (both)": "Хонды (регионы и периоды)",
    "King-Wu (both)": "Кинга–Ву (регионы и периоды)",
    "Gourieroux-Holly-Monfort": "Гурьеру–Холли–Монфора",
    "Wooldridge unobserved effects": "Вулдриджа на ненаблюдаемые эффекты",
    "Mundlak": "Мундлака",
    # correlation over time and between regions
    "Wooldridge first differences": "Вулдриджа в первых разностях",
    "Breusch-Godfrey": "Бройша–Годфри",
    "Baltagi-Li serial correlation": "Балтаги–Ли на автокорреляцию",
    "Baltagi-Li joint": "Балтаги–Ли, совместный",
    "Bera-Sosa-Yoon serial correlation": "Бера–Соса-Эскудеро–Юна на автокорреляцию",
    "Bera-Sosa-Yoon random effects": "Бера–Соса-Эскудеро–Юна на случайные эффекты",
    "Breusch-Pagan LM of regions": "LM Бройша–Пагана на корреляцию регионов",
    "Scaled LM of regions": "Нормированный LM на корреляцию регионов",
    "Bias-corrected scaled LM": "Нормированный LM с поправкой на смещение",
    "Pesaran CD of the residuals": "CD Песарана для остатков",
    "Local Pesaran CD": "Локальный CD Песарана",
    "Moran by period": "Морана по периодам",
    "Moran's I by period": "I Морана по периодам",
    # unit roots
    "Im-Pesaran-Shin W": "W Има–Песарана–Шина",
    "Pesaran CIPS": "CIPS Песарана",
    "Hadri": "Хадри",
    "Wald unit root": "Вальда на единичный корень",
    # spatial parameters
    "LM remaining error": "LM на оставшуюся корреляцию ошибок",
    "LM WX": "LM для WX",
    "LM joint": "LM ρ и λ",
    "LM rho": "LM ρ",
    "LM lambda": "LM λ",
    "LM rho | lambda": "LM ρ при λ",
    "LM lambda | rho": "LM λ при ρ",
    "LR joint": "LR ρ и λ",
    "LR rho": "LR ρ",
    "LR lambda": "LR λ",
    "LR rho | lambda": "LR ρ при λ",
    "LR lambda | rho": "LR λ при ρ",
    "LR WX": "LR для WX",
    "LR spatial parameters": "LR пространственных параметров",
    "LR common factor": "LR на общий множитель",
    "Wald WX": "Вальда для WX",
    "Wald rho": "Вальда для ρ",
    "Wald lambda": "Вальда для λ",
    "Wald common factor": "Вальда на общий множитель",
    "Spatial Hausman": "Пространственный тест Хаусмана",
    "Breusch-Pagan (spatial)": "Бройша–Пагана (пространственный)",
    "links against the model's variables": "связи W против переменных модели",
    "local or global": "локальные или глобальные эффекты",
    # instruments
    "First stage": "Первый шаг",
    "Kleibergen-Paap": "Клейбергена–Паапа",
    "Anselin-Kelejian": "Анселина–Келеджана",
    "Sargan": "Саргана",
    "Sargan over-identification": "Саргана на сверхидентификацию",
    "Basmann": "Басманна",
    "Hansen J": "J Хансена",
    "Difference-in-Hansen": "Разностный тест Хансена",
    "Difference-in-Hansen (WX)": "Разностный тест Хансена (WX)",
    "Durbin": "Дарбина",
    "Wu-Hausman": "Ву–Хаусмана",
    "Wu-Hausman exogeneity": "Ву–Хаусмана на экзогенность",
    # other models
    "Pre-trend": "Предшествующий тренд",
    "Cameron-Trivedi overdispersion": "Камерона–Триведи на сверхдисперсию",
    "Likelihood ratio": "Отношение правдоподобия",
    "Penalised likelihood ratio": "Отношение штрафных правдоподобий",
    "constant returns": "постоянная отдача",
    "non-increasing returns": "невозрастающая отдача",
    "skewness": "асимметрия",
    "third moment": "третий момент",
    "interaction of spillover and capacity": "взаимодействие перетока и ёмкости",
    "largest F of the spillover along the decay": "наибольшее F перетока по затуханию",
    "contagion under wrong maps": "заражение на ложных картах",
    "position of masses (Getis-Ord G)": "размещение масс (G Гетиса–Орда)",
    "share moving with the neighbours": "доля движущихся вместе с соседями",
    "order 0 against 1 (LR)": "порядок 0 против 1 (LR)",
    "order 1 against 2 (LR)": "порядок 1 против 2 (LR)",
}

NULLS: dict[str, str] = {
    # residuals
    "residuals of neighbours are uncorrelated": "остатки соседей не коррелированы",
    "residuals are exchangeable between regions": "остатки регионов перестановочны",
    "disturbances that remain beside Wy are not spatially correlated": (
        "ошибки, оставшиеся при Wy, пространственно не коррелированы"
    ),
    "residuals of least squares are symmetric": "остатки МНК симметричны",
    "outcomes are independent given the regressors": ("при данных регрессорах исходы независимы"),
    # parameters
    "rho = 0, where lambda = 0": "ρ = 0, если λ = 0",
    "lambda = 0, where rho = 0": "λ = 0, если ρ = 0",
    "rho = 0, whatever lambda": "ρ = 0 при любом λ",
    "lambda = 0, whatever rho": "λ = 0 при любом ρ",
    "the spatial parameters are zero: least squares on the same regressors": (
        "пространственные параметры равны нулю: МНК с теми же регрессорами"
    ),
    "least squares and the error model estimate the same coefficients": (
        "МНК и модель пространственной ошибки оценивают одни и те же коэффициенты"
    ),
    "all slopes are 0": "все коэффициенты наклона равны нулю",
    "squares have no effect": "квадраты не влияют",
    "effects of regions are uncorrelated with the regressors": (
        "эффекты регионов не коррелированы с регрессорами"
    ),
    "the variance of the counts is their mean": "дисперсия счётных значений равна их среднему",
    "what all regions share does not die out": "общее для всех регионов не затухает",
    # instruments
    "the instruments do not predict the regressor beside the others": (
        "инструменты не предсказывают регрессор при прочих регрессорах"
    ),
    "the instruments do not move the term beside the others": (
        "инструменты не влияют на переменную при прочих переменных"
    ),
    "the instruments leave a coefficient unidentified": (
        "инструменты не идентифицируют один из коэффициентов"
    ),
    "the instruments are uncorrelated with the disturbance": (
        "инструменты не коррелированы с ошибкой"
    ),
    "the instruments are uncorrelated with the disturbances": (
        "инструменты не коррелированы с ошибками"
    ),
    "the instruments are uncorrelated with the errors": "инструменты не коррелированы с ошибками",
    "the instruments of the equations in levels are uncorrelated with effects and disturbances": (
        "инструменты уравнений в уровнях не коррелированы с эффектами и ошибками"
    ),
    "outside instruments are uncorrelated with the disturbance": (
        "внешние инструменты не коррелированы с ошибкой"
    ),
    "spatial lags of the regressors are uncorrelated with the disturbances": (
        "пространственные лаги регрессоров не коррелированы с ошибками"
    ),
    "lags of the regressors are uncorrelated with the disturbances": (
        "лаги регрессоров не коррелированы с ошибками"
    ),
    "lags of the regressors do not move Wy": "лаги регрессоров не влияют на Wy",
    "the regressors named endogenous may be treated as exogenous": (
        "регрессоры, названные эндогенными, можно считать экзогенными"
    ),
    "the endogenous terms are uncorrelated with the disturbance": (
        "эндогенные переменные не коррелированы с ошибкой"
    ),
    # persistence, dynamics, dispersion
    "a spatial unit root: Lévy's Brownian motion": (
        "пространственный единичный корень: броуновское движение Леви"
    ),
    "weak, exponentially falling correlation (0.03 or less on average)": (
        "слабая, экспоненциально убывающая корреляция (в среднем не более 0,03)"
    ),
    "where a region moves has nothing to do with where its neighbours move": (
        "движение региона не связано с движением его соседей"
    ),
    "where a region goes does not depend on where it is": (
        "переход региона не зависит от его положения"
    ),
    "where a region goes does not depend on where it was before": (
        "переход региона не зависит от его прежнего положения"
    ),
    "the same probabilities in every interval": "в каждом интервале вероятности одни и те же",
    "no trend in dispersion": "тренда в дисперсии нет",
    "dispersion does not change on average": "дисперсия в среднем не меняется",
    "the first and the last period have the same variance": (
        "в первом и последнем периодах дисперсии равны"
    ),
    # colours, innovation
    "colours lie at random": "цвета размещены случайно",
    "no two indicators are correlated": "никакие два показателя не коррелированы",
    "who neighbours whom does not matter to adoption": "соседство не влияет на освоение",
    "constant returns to scale everywhere": "отдача от масштаба везде постоянна",
    "non-increasing returns to scale everywhere": "отдача от масштаба нигде не возрастает",
    "the effect of the spillover is the same at every capacity": (
        "эффект перетока одинаков при любой ёмкости"
    ),
    "no spillover: its coefficient is 0 and its decay does not exist": (
        "перетока нет: его коэффициент равен нулю, а затухание не определено"
    ),
    "masses lie on the places at random": "массы размещены по точкам случайно",
}

WORDS: dict[str, str] = NAMES | NULLS
