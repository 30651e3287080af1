"""What identifies a spillover: the evidence, and how it reads."""

from __future__ import annotations

FORMS: dict[str, str] = {
    # where it comes from
    "reflection: I, W, W² linearly independent": ("отражение: линейная независимость I, W, W²"),
    "reflection: smallest singular value of {powers}": (
        "отражение: наименьшее сингулярное число {powers}"
    ),
    "{lag} is a regressor of its own, with coefficient {value:n} ({p}): neighbours' {term} "
    "identifies the spillover.": (
        "{lag} — самостоятельный регрессор с коэффициентом {value} ({p}): переток "
        "идентифицируется значениями {term} у соседей."
    ),
    "{lag} is a regressor of its own, with coefficient {value:n} ({p}): neighbours' {term} "
    "identifies the spillover, and rho spreads it further: the ratio of indirect to direct is "
    "free for each term.": (
        "{lag} — самостоятельный регрессор с коэффициентом {value} ({p}): переток "
        "идентифицируется значениями {term} у соседей, а ρ распространяет его дальше: отношение "
        "косвенного эффекта к прямому у каждой переменной своё."
    ),
    "Local: the spillover ends at the neighbours that W names, and each W(x) is estimated from "
    "its own data.": (
        "Локальный: переток кончается на соседях, которых называет W, и каждый W(x) оценивается "
        "по собственным данным."
    ),
    "Global: a change spreads over neighbours of neighbours and back, in proportions that the "
    "powers of W set and the data do not.": (
        "Глобальный: изменение расходится по соседям соседей и обратно в пропорциях, которые "
        "заданы степенями W, а не данными."
    ),
    "Global: a change spreads over neighbours of neighbours and back, in proportions that the "
    "powers of W set and the data do not; {share:n} of it lies beyond the first neighbours.": (
        "Глобальный: изменение расходится по соседям соседей и обратно в пропорциях, которые "
        "заданы степенями W, а не данными; на долю дальних соседей приходится {share}."
    ),
    "without Wy nobody's outcome reflects another's; W(x) beside x is all it needs": (
        "без Wy ничей результат не отражает чужого; достаточно W(x) рядом с x"
    ),
    "this model has neither Wy nor {lag}: the spillover is zero by its form": (
        "в модели нет ни Wy, ни {lag}: переток равен нулю по самой её форме"
    ),
    "the model has no spillover": "в модели нет перетока",
    "the claim is about no term": "утверждение не относится ни к одной переменной",
    "One cross-section: regions are compared with other regions, whatever else they differ by; "
    "nothing comes from change over time.": (
        "Одна пространственная выборка: регионы сравниваются с другими регионами, чем бы ещё они "
        "ни отличались; изменения во времени не используются."
    ),
    "No effects of regions: differences between regions identify it along with change over time.": (
        "Эффектов регионов нет: переток определяется и различиями между регионами, и изменениями "
        "во времени."
    ),
    "{share:n} of the variance of {terms} is left once {effects} effects are out, and that is "
    "what the estimate rests on.": (
        "После исключения эффектов ({effects}) остаётся {share} дисперсии {terms}, и на этом "
        "держится оценка."
    ),
    # instruments of Wy
    "over-identification": "сверхидентификация",
    "over-identification: {test}": "сверхидентификация: {test}",
    "the model has no Wy, hence no rho to instrument": (
        "в модели нет Wy, а значит, и ρ, для которого нужны инструменты"
    ),
    "there are no more instruments than endogenous columns": (
        "инструментов не больше, чем эндогенных переменных"
    ),
    # W(x) as a variable
    "{left:n} of the variation of {lag} that effects leave ({after:n}) is its own beside the "
    "other regressors; {own:n} follows from the own {term} (variance inflation {vif:n}).": (
        "Из вариации {lag}, оставшейся после эффектов ({after}), {left} не объясняется другими "
        "регрессорами; {own} следует из собственных значений {term} (фактор инфляции дисперсии "
        "{vif})."
    ),
    "{left:n} of the variation of {lag} is its own beside the other regressors; {own:n} follows "
    "from the own {term} (variance inflation {vif:n}).": (
        "Из вариации {lag} {left} не объясняется другими регрессорами; {own} следует из "
        "собственных значений {term} (фактор инфляции дисперсии {vif})."
    ),
    "Moran's I of {term} is {value:n}: neighbours' values differ enough from one's own.": (
        "I Морана для {term} равен {value}: значения соседей достаточно отличаются от собственных."
    ),
    "Moran's I of {term} is {value:n}: neighbours have nearly the same value, so one's own can "
    "stand in for theirs.": (
        "I Морана для {term} равен {value}: у соседей почти те же значения, и собственное может "
        "замещать соседские."
    ),
    "The {n:n} neighbours' averages are worth {worth:n} independent ones, because neighbourhoods "
    "overlap, for {lags:n} lagged {noun}: few regions decide.": (
        "Средних по соседям {n}, но соседства пересекаются, и независимых среди них {worth}; "
        "регрессоров с лагом {lags}: решают немногие регионы."
    ),
    "The {n:n} neighbours' averages are worth {worth:n} independent ones, because neighbourhoods "
    "overlap, for {lags:n} lagged {noun}.": (
        "Средних по соседям {n}, но соседства пересекаются, и независимых среди них {worth}; "
        "регрессоров с лагом {lags}."
    ),
    # the SLX first
    "The SLX puts {claim} at {value:n} ({p}), no spillover that it can see.": (
        "SLX даёт {claim} = {value} ({p}): перетока она не видит."
    ),
    "The SLX puts {claim} at {value:n} ({p}), and it is the fit in question.": (
        "SLX даёт {claim} = {value} ({p}), и это сама рассматриваемая модель."
    ),
    "The SLX puts {claim} at {value:n} ({p}); the fit has none.": (
        "SLX даёт {claim} = {value} ({p}); в рассматриваемой модели его нет."
    ),
    "rho is {value:n} in the SDM ({p}): Wy adds nothing measurable to the SLX.": (
        "В SDM ρ = {value} ({p}): Wy не добавляет к SLX ничего измеримого."
    ),
    "rho is {value:n} in the SDM ({p}): Wy adds to the SLX, as a global spillover or as what "
    "neighbours share.": (
        "В SDM ρ = {value} ({p}): Wy дополняет SLX — как глобальный переток или как общее у "
        "соседей."
    ),
    "Wald {value:n} for {lags:n} lags, {p}: the data do not ask for more than the SAR's one "
    "ratio, nor can they tell terms apart.": (
        "Статистика Вальда {value}, лагов {lags}, {p}: данным хватает единственного отношения "
        "SAR, но и различить переменные они не могут."
    ),
    "Wald {value:n} for {lags:n} lags, {p}: the data refuse the SAR, whose one ratio leaves WX "
    "out.": (
        "Статистика Вальда {value}, лагов {lags}, {p}: данные отвергают SAR, единственное "
        "отношение которой не учитывает WX."
    ),
    "AIC differs by {gap:n}: the data cannot tell a global spillover from a local one with "
    "shared shocks.": (
        "AIC различается на {gap}: данные не отличают глобальный переток от локального с общими "
        "шоками."
    ),
    # exogeneity of W
    "W is made of geography alone ({how}): today's outcomes did not make the links, though where "
    "borders and capitals lie is not drawn by lot.": (
        "W построена только по географии ({how}): связи не созданы сегодняшними результатами, "
        "хотя границы и столицы расположены не по жребию."
    ),
    "{variable} and {measure} correlate by {value:n} over regions (smallest p of {n:n} pairs, "
    "times {times:n}: {p}): a region's place in W does not go with its variables.": (
        "Корреляция по регионам: {variable} и {measure} — {value} (наименьшее p из {n} пар, "
        "умноженное на {times}: {p}): место региона в W не связано с его переменными."
    ),
    "{variable} and {measure} correlate by {value:n} over regions (smallest p of {n:n} pairs, "
    "times {times:n}: {p}): size and position in W go together: what W names neighbourhood may "
    "be size.": (
        "Корреляция по регионам: {variable} и {measure} — {value} (наименьшее p из {n} пар, "
        "умноженное на {times}: {p}): размер и место в W связаны: за соседством в W может стоять "
        "размер."
    ),
    "sum of links as built": "сумма связей до нормировки",
    "weight in others' averages": "вес в средних других регионов",
    "effects of regions contain a region's place in a W that does not change": (
        "эффекты регионов уже содержат место региона в неизменной W"
    ),
    "Over {n:n} W the estimate of {claim} runs from {low:n} to {high:n}, {significant:n} "
    "significant at 5 %: {reading}.": (
        "По матрицам W, которых {n}, оценка {claim} меняется от {low} до {high}, значимых на "
        "уровне 5 % — {significant}: {reading}."
    ),
    "sign or significance depends on W": "знак или значимость зависят от W",
    "sign and significance are the same": "знак и значимость те же",
    "another W turns the sign around": "другая W меняет знак",
    # common shocks
    "exponent of dependence between regions": "показатель зависимости между регионами",
    "common factors taken out beside: CCE and defactored instruments": (
        "рядом — без общих факторов: CCE и инструменты с вычтенными факторами"
    ),
    "{test} {value:n}, {p}: residuals of different regions are not correlated on average.": (
        "{test} = {value}, {p}: остатки разных регионов в среднем не коррелированы."
    ),
    "{test} {value:n}, {p}: residuals of different regions are correlated, so something is shared "
    "that the model does not have.": (
        "{test} = {value}, {p}: остатки разных регионов коррелированы: у них есть общее, чего нет "
        "в модели."
    ),
    "The exponent is {value:n}, between 0.5 (neighbours only) and 1 (shocks that reach all): "
    "{reading}.": (
        "Показатель равен {value} — между 0,5 (только соседи) и 1 (шоки доходят до всех): "
        "{reading}."
    ),
    "little to go by, since no dependence was found": (
        "опираться на него трудно, поскольку зависимость не найдена"
    ),
    "factors are near": "близко к факторам",
    "dependence dies out over space": "зависимость затухает в пространстве",
    "{own}, {effects} effects {first:n}, common correlated effects {second:n}, defactored "
    "instruments {third:n}: {reading}.": (
        "{own}, эффекты ({effects}) — {first}, общие коррелированные эффекты — {second}, "
        "инструменты с вычтенными факторами — {third}: {reading}."
    ),
    "no spillover with or without common shocks": "перетока нет ни с общими шоками, ни без них",
    "estimators do not agree, or are too blunt to speak against the fit": (
        "оценки расходятся или слишком неточны, чтобы говорить против модели"
    ),
    # endogeneity of the regressor
    "Next period's {term} and {lag} enter with {own:n} and {other:n} ({p}): no sign that today's "
    "outcome moves what comes later; other kinds of endogeneity are not tested by it.": (
        "{term} и {lag} следующего периода входят с коэффициентами {own} и {other} ({p}): нет "
        "признаков того, что сегодняшний результат влияет на будущее; другие виды эндогенности "
        "этим не проверяются."
    ),
    "Next period's {term} and {lag} enter with {own:n} and {other:n} ({p}): what comes later "
    "goes with today's outcome, so causes may run the other way or both follow a trend.": (
        "{term} и {lag} следующего периода входят с коэффициентами {own} и {other} ({p}): "
        "будущее связано с сегодняшним результатом: причинность может быть обратной, или оба "
        "следуют тренду."
    ),
    "no instrument from outside was named (external=table); that the regressors are "
    "uncorrelated with the disturbance is an assumption": (
        "внешние инструменты не названы; некоррелированность регрессоров с ошибкой — предположение"
    ),
}
