"""Rows of the panel of identification and questions of the referee, as charts name them."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # what identifies a spillover
    "what identifies it": "что его идентифицирует",
    "instruments of Wy": "инструменты для Wy",
    "WX as a variable": "WX как переменная",
    "SLX first": "сначала SLX",
    "exogeneity of W": "экзогенность W",
    "common shocks": "общие шоки",
    "endogeneity of the regressor": "эндогенность регрессора",
    "first-stage F of Wy": "F первого шага для Wy",
    "effective F of Wy": "эффективное F для Wy",
    "Anderson–Rubin set of rho: p-value of rho = 0": ""
    "множество Андерсона–Рубина для ρ: p при ρ = 0",
    "ML against 2SLS: difference of rho": "ММП против 2МНК: разность ρ",
    "SLX estimate of the claim": "оценка SLX",
    "WX beside Wy: Wald test of WX = 0 in the SDM": "WX рядом с Wy: тест Вальда WX = 0 в SDM",
    "Wy beside WX: Wald test of rho = 0 in the SDM": "Wy рядом с WX: тест Вальда ρ = 0 в SDM",
    "control function: what makes W in the outcome's equation": ""
    "контрольная функция: что создаёт W",
    "effective number of independent neighbours' averages": "действительное число независимых "
    "средних соседей",
    "endogeneity of the regressor: Wu–Hausman with outside instruments": "эндогенность регрессора: "
    "Ву–Хаусман с внешними инструментами",
    "global against local: AIC of the SDM less that of the SDEM": "глобальный или локальный: AIC "
    "SDM минус AIC SDEM",
    "global spillover: share beyond the first neighbours": "глобальный переток: доля за первыми "
    "соседями",
    "local spillover": "локальный переток",
    "links against the model's variables: largest correlation": "связи и переменные модели: "
    "наибольшая корреляция",
    "other W: range of the estimate": "другие W: размах оценки",
    "ratio of indirect to direct impact, one for all terms": "отношение косвенного эффекта к "
    "прямому, одно для всех",
    "recipe of W": "рецепт W",
    "reverse causality: next period's x in this period's equation": "обратная причинность: будущее "
    "x в уравнении",
    "share of W(x) left beside the model's other columns": "доля W(x), остающаяся рядом с другими "
    "столбцами",
    "smoothness of x: Moran's I": "гладкость x: I Морана",
    "spatially correlated disturbances: lambda in the SDEM": "пространственная корреляция ошибок: "
    "λ в SDEM",
    "the SLX under Conley's errors": "SLX с ошибками Конли",
    "the claim once disturbances are correlated: SDEM": "утверждение при коррелированных ошибках: "
    "SDEM",
    "variation within regions over time": "изменчивость внутри регионов во времени",
    "what one cross-section cannot know": "чего не знает один срез",
    "W(x) as a regressor: coefficient": "W(x) как регрессор: коэффициент",
    # questions of the referee
    "impacts": "эффекты",
    "endogeneity": "эндогенность",
    "common factors": "общие факторы",
    "correlated errors": "коррелированные ошибки",
    "heteroskedasticity": "гетероскедастичность",
    "multiplicity": "множественность",
    "islands": "острова",
    "zeros": "нули",
    "influence": "влиятельность",
    "incidental parameters": "побочные параметры",
    "scale": "масштаб",
    "nested models": "вложенные модели",
    "small sample": "малая выборка",
    "collinearity": "коллинеарность",
    "unit roots": "единичные корни",
    "confounding": "смешение причин",
    "nonlinearity": "нелинейность",
    "maxima": "максимумы",
    "reproducibility": "воспроизводимость",
    # statistics of a curve under the null
    "median estimate": "медиана оценок",
    "share significant": "доля значимых",
    "average z": "среднее z",
    "all three": "все три",
}
