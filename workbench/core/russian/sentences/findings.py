"""What a sceptical reader is answered, in the words of single checks."""

from __future__ import annotations

VERDICTS = (
    "cannot tell", "contradicted", "negative", "not different from zero", "positive", "supported",
)  # fmt: skip
"""What an estimate says, in the order in which several are listed."""

SAYS: dict[str, str] = {
    "positive": "положительно",
    "negative": "отрицательно",
    "not different from zero": "не отличается от нуля",
    "cannot tell": "нельзя судить",
    "supported": "подтверждается",
    "contradicted": "противоречит",
}

FORMS: dict[str, str] = {
    # statements
    "the coefficient of {term}": "коэффициент при {term}",
    "The coefficient of {term}": "Коэффициент при {term}",
    "the direct impact of {term}": "прямой эффект {term}",
    "The direct impact of {term}": "Прямой эффект {term}",
    "the indirect impact of {term}": "косвенный эффект {term}",
    "The indirect impact of {term}": "Косвенный эффект {term}",
    "the total impact of {term}": "полный эффект {term}",
    "The total impact of {term}": "Полный эффект {term}",
    "{term:one} (direct)": "{term} (прямой)",
    "{term:one} (indirect)": "{term} (косвенный)",
    # notes of the list
    "No hypothesis was given: it is the first effect that the formula has.": (
        "Гипотеза не задана: взят первый эффект из формулы."
    ),
    "Not asked: {names}.": "Не спрошено: {names}.",
    "The check could not be made: {argument}: {reason:any}.": (
        "Проверку провести не удалось: {argument}: {reason}."
    ),
    "Nothing could be estimated under {under}: {reason}.": (
        "{under}: ничего не удалось оценить ({reason})."
    ),
    "Nothing could be estimated under {under}.": "{under}: ничего не удалось оценить.",
    # W
    "The model has no spatial weights.": "В модели нет пространственных весов.",
    "The model has no single matrix of spatial weights.": (
        "В модели нет единой матрицы пространственных весов."
    ),
    "Weights change over time; candidates must be given as one matrix a period.": (
        "Веса меняются во времени; другие веса нужно задать матрицей на каждый период."
    ),
    "These are changes of W itself; no other idea of neighbourhood was tried.": (
        "Это изменения самой W; иное представление о соседстве не проверялось."
    ),
    "{rows:n} of {n:n} rows are used.": "Использовано строк: {rows} из {n}.",
    # impacts
    "The model has no regressor whose impact could be wanted.": (
        "В модели нет регрессора, эффект которого мог бы понадобиться."
    ),
    "The statement tested is {statement:any}: {value:n} [{low:n}, {high:n}], {p}.": (
        "Проверяется утверждение {statement}: {value} [{low}; {high}], {p}."
    ),
    "Of {n:n} effects, coefficient and impact say different things in {differ:n} ({names:any}).": (
        "Число эффектов — {n}; коэффициент и эффект говорят разное в {differ} из них ({names})."
    ),
    "Of {n:n} effects, coefficient and impact say different things in {differ:n}.": (
        "Число эффектов — {n}; коэффициент и эффект говорят разное в {differ} из них."
    ),
    # instruments
    "{names:any} instrumented by {instruments:any}: the weakest first stage has F = {f:n}, "
    "over-identification {p}.": (
        "Инструменты для {names}: {instruments}; на самом слабом первом шаге F = {f}, "
        "сверхидентификация {p}."
    ),
    "{names:any} instrumented by {instruments:any}: the weakest first stage has F = {f:n}; the "
    "model is just identified.": (
        "Инструменты для {names}: {instruments}; на самом слабом первом шаге F = {f}; модель "
        "точно идентифицирована."
    ),
    "its own past": "собственное прошлое",
    "The strength of the instruments of {names:any} is not known.": (
        "Сила инструментов для {names} неизвестна."
    ),
    "Whether the instruments are valid cannot be tested.": (
        "Проверить обоснованность инструментов нельзя."
    ),
    "estimators by moments": "Оценки методом моментов",
    # common shocks
    "Common factors are not taken out of counts here.": (
        "Из счётных данных общие факторы здесь не вычитаются."
    ),
    "Dependence that is left cannot be tested: {reason:any}.": (
        "Оставшуюся зависимость проверить нельзя: {reason}."
    ),
    "Common factors are taken out ({how}); of the dependence between regions that is left CDw+ "
    "has {p}.": (
        "Общие факторы вычтены ({how}); для оставшейся зависимости между регионами CDw+: {p}."
    ),
    "Common factors could not be taken out of this panel ({reason}).": (
        "Общие факторы из этой панели вычесть не удалось ({reason})."
    ),
    "Common shocks need several periods; the common-factor restriction, a Durbin model.": (
        "Для общих шоков нужно несколько периодов, для ограничения общего множителя — модель "
        "Дарбина."
    ),
    "The common-factor restriction cannot be tested in this model.": (
        "Ограничение общего множителя в этой модели проверить нельзя."
    ),
    "The restriction that makes the Durbin model one of correlated disturbances without spillovers "
    "(theta = -rho beta) has {p}: it is rejected.": (
        "Ограничение, сводящее модель Дарбина к коррелированным ошибкам без перетоков "
        "(θ = −ρβ): {p}; оно отвергается."
    ),
    "The restriction that makes the Durbin model one of correlated disturbances without spillovers "
    "(theta = -rho beta) has {p}: a model without spillovers fits as well, though {claim} is "
    "{reported}.": (
        "Ограничение, сводящее модель Дарбина к коррелированным ошибкам без перетоков "
        "(θ = −ρβ): {p}; модель без перетоков не хуже, хотя {claim} — {reported}."
    ),
    "The restriction that makes the Durbin model one of correlated disturbances without spillovers "
    "(theta = -rho beta) has {p}: the data cannot tell the two.": (
        "Ограничение, сводящее модель Дарбина к коррелированным ошибкам без перетоков "
        "(θ = −ρβ): {p}; эти данные не различают две модели."
    ),
    "One cross-section cannot hold constant what neighbours have in common and does not change; "
    "nor what changes in all at once.": (
        "Одна пространственная выборка не позволяет учесть ни то неизменное, что есть общего у "
        "соседей, ни то, что меняется у всех сразу."
    ),
    "Common factors stand for what moves in time in each region's way.": (
        "Общие факторы уже отвечают за то, что меняется во времени у каждого региона по-своему."
    ),
    "effects='none'": "без эффектов",
    "effects='entity'": "эффекты регионов",
    "effects='time'": "эффекты периодов",
    "effects='two-way'": "эффекты регионов и периодов",
    # disturbances
    "Neither places of the regions nor a test of the residuals are at hand.": (
        "Нет ни расположения регионов, ни теста остатков."
    ),
    "Tests of dependence that is left: {tests:any} (smallest after Holm's adjustment: {p}).": (
        "Тесты оставшейся зависимости: {tests} (наименьшее с поправкой Холма: {p})."
    ),
    "Dependence between neighbours is left.": "Зависимость между соседями остаётся.",
    "Errors under several cut-offs of distance were not computed: the places of the regions are "
    "not given.": (
        "Ошибки при разных порогах расстояния не вычислены: расположение регионов не задано."
    ),
    "The model leaves no dependence between neighbours that these would see.": (
        "Модель не оставляет зависимости между соседями, которую видели бы эти тесты."
    ),
    "Yet dependence is left, and no cut-offs of distance were tried.": (
        "Однако зависимость остаётся, а пороги расстояния не проверялись."
    ),
    "Moran's I within {n:n} {unit:one}": "I Морана в пределах {n} {unit}",
    "Moran's I of order {n:n}": "I Морана порядка {n}",
    "{name:one} p < {p:n}": "{name} p < {p}",
    "No test of equal variances and no robust covariance is at hand for this estimator.": (
        "Для этой оценки нет ни теста на равенство дисперсий, ни робастной ковариации."
    ),
    "Maximum likelihood of the spatial parameters takes equal variances for granted, and no "
    "estimator without them could be made.": (
        "Метод максимального правдоподобия для пространственных параметров исходит из равных "
        "дисперсий, а оценку без этого условия получить не удалось."
    ),
    "Counts are not taken for normal: their errors are clustered.": (
        "Счётные данные не считаются нормальными: их ошибки кластерные."
    ),
    "That is {n:n} or more.": "Это не меньше {n}.",
    "No simulated interval could be computed beside the delta method's.": (
        "Кроме интервала дельта-метода, ни одного имитационного получить не удалось."
    ),
    # reach
    "So few regions cannot be left out one by one.": (
        "При столь малом числе регионов исключать их по одному нельзя."
    ),
    "The model cannot be estimated without single regions: {reason:any}.": (
        "Без отдельных регионов модель оценить нельзя: {reason}."
    ),
    "{how} named {n:n} {noun} of {all:n}; each was left out of data and W and the model estimated "
    "again.": (
        "{how}: отобрано регионов {n} из {all}; каждый исключался из данных и из W, и модель "
        "оценивалась заново."
    ),
    "First-order influence on the estimate": "Влияние на оценку в первом приближении",
    "Cook's distance of the regression without its spatial parameters": (
        "Расстояние Кука в регрессии без пространственных параметров"
    ),
    "{claim} says something else without {names:any}.": "Без {names} вывод иной: {claim}.",
    "The screen is not one of this estimate, so that others may move it more.": (
        "Отбор сделан не по этой оценке, и другие регионы могут сдвигать её сильнее."
    ),
    "{n:n} coefficients are tested: Holm's adjustment takes {claim:any} from {before} to {after}, "
    "which is no longer below {alpha:n}.": (
        "Проверяется коэффициентов: {n}; с поправкой Холма у {claim} было {before}, стало "
        "{after} — уже не ниже {alpha}."
    ),
    "{n:n} coefficients are tested: Holm's adjustment takes {claim:any} from {before} to "
    "{after}.": (
        "Проверяется коэффициентов: {n}; с поправкой Холма у {claim} было {before}, стало {after}."
    ),
    "{n:n} {effect} impacts are tested: Holm's adjustment takes {claim:any} from {before} to "
    "{after}, which is no longer below {alpha:n}.": (
        "Проверяется эффектов ({effect}): {n}; с поправкой Холма у {claim} было {before}, стало "
        "{after} — уже не ниже {alpha}."
    ),
    "{n:n} {effect} impacts are tested: Holm's adjustment takes {claim:any} from {before} to "
    "{after}.": (
        "Проверяется эффектов ({effect}): {n}; с поправкой Холма у {claim} было {before}, стало "
        "{after}."
    ),
    "{claim} has no standard error.": "Стандартной ошибки нет: {claim}.",
    "Were the estimate the truth, significant estimates would exaggerate it by a factor of "
    "{factor:n} on average.": (
        "Будь оценка истинной, значимые оценки преувеличивали бы её в среднем в {factor} раза."
    ),
    "The margin is {value:n}: an effect as large could have been missed, so that 'not significant' "
    "means 'cannot tell'.": (
        "Порог равен {value}: эффект такой величины мог остаться незамеченным, и «незначимо» "
        "означает «нельзя судить»."
    ),
    "The margin is {value:n}: an effect as large would have been found.": (
        "Порог равен {value}: эффект такой величины был бы обнаружен."
    ),
    "The direct impact is {value:n}: an effect as large could have been missed, so that 'not "
    "significant' means 'cannot tell'.": (
        "Прямой эффект равен {value}: косвенный такой же величины мог остаться незамеченным, и "
        "«незначимо» означает «нельзя судить»."
    ),
    "The direct impact is {value:n}: an effect as large would have been found.": (
        "Прямой эффект равен {value}: косвенный такой же величины был бы обнаружен."
    ),
    # form
    "The mean of the counts is log-linear: zeros need no constant before a logarithm.": (
        "Среднее счётных данных лог-линейно: при нулях константа перед логарифмом не нужна."
    ),
    "No variable has zeros.": "Нулей нет ни у одной переменной.",
    "Without spatial weights no spatial model can be held against this one.": (
        "Без пространственных весов сопоставить эту модель с пространственными нельзя."
    ),
    "No nested model could be tested against it: {reason:any}.": (
        "Ни одну вложенную модель проверить не удалось: {reason}."
    ),
    "Better than {model}: {names:any}.": "Лучше, чем {model}: {names}.",
    "lambda beside rho": "λ наряду с ρ",
    "RESET does not apply here: {reason:any}.": "RESET здесь неприменим: {reason}.",
    "RESET of the {model} regression on the same regressors has {p}: the relation is not linear "
    "in these terms, or terms are missing.": (
        "RESET регрессии {model} с теми же регрессорами: {p}; зависимость от этих переменных "
        "нелинейна, или каких-то переменных недостаёт."
    ),
    "RESET of the {model} regression on the same regressors has {p}: no curvature shows.": (
        "RESET регрессии {model} с теми же регрессорами: {p}; кривизны не видно."
    ),
    "Squares of regressors are not tested under effects={effects} in a model of counts.": (
        "Квадраты регрессоров в модели счётных данных не проверяются (effects={effects})."
    ),
    "Squares of regressors are not tested under effects={effects}.": (
        "Квадраты регрессоров при effects={effects} не проверяются."
    ),
    "Every regressor has two values only: there is no curvature.": (
        "У каждого регрессора лишь два значения: кривизны быть не может."
    ),
    "The model has a single regressor.": "В модели один регрессор.",
    # time
    "Effects of {n:n} regions are estimated from {t:n} periods beside the outcome's own past; "
    "their bias of order 1/T is taken out (Yu, de Jong and Lee 2008), yet with fewer than "
    "{long:n} periods terms of order 1/T² remain.": (
        "Эффекты регионов ({n}) оцениваются по периодам ({t}) вместе с прошлым результата; "
        "смещение порядка 1/T устранено (Ю, де Йонг и Ли, 2008), но если периодов меньше {long}, "
        "остаются члены порядка 1/T²."
    ),
    "Effects of {n:n} regions are estimated from {t:n} periods beside the outcome's own past; "
    "their bias of order 1/T is taken out (Yu, de Jong and Lee 2008).": (
        "Эффекты регионов ({n}) оцениваются по периодам ({t}) вместе с прошлым результата; "
        "смещение порядка 1/T устранено (Ю, де Йонг и Ли, 2008)."
    ),
    "Effects of {n:n} regions over {t:n} periods drop out of Poisson's conditional mean.": (
        "Эффекты регионов ({n}; периодов {t}) исключаются из условного среднего Пуассона."
    ),
    "Fixed effects of {n:n} regions over {t:n} periods are treated by Lee and Yu's "
    "transformation.": (
        "Фиксированные эффекты: регионов {n}, периодов {t}; применено преобразование Ли и Ю."
    ),
    "Fixed effects of {n:n} regions over {t:n} periods are treated by Lee and Yu's correction.": (
        "Фиксированные эффекты: регионов {n}, периодов {t}; применена поправка Ли и Ю."
    ),
    "Fixed effects of {n:n} regions over {t:n} periods are treated by Lee and Yu's correction; "
    "without it the standard error would be {share:n} times this one.": (
        "Фиксированные эффекты: регионов {n}, периодов {t}; применена поправка Ли и Ю, без неё "
        "стандартная ошибка составила бы {share} от приведённой."
    ),
    "Fixed effects are estimated without Lee and Yu's correction over {t:n} periods: standard "
    "errors are {share:n} times what they are with it.": (
        "Фиксированные эффекты оценены без поправки Ли и Ю, периодов {t}: стандартные ошибки "
        "составляют {share} от ошибок с поправкой."
    ),
    "Fixed effects are estimated without Lee and Yu's correction over {t:n} periods.": (
        "Фиксированные эффекты оценены без поправки Ли и Ю, периодов {t}."
    ),
    "other treatments of fixed effects": "Другое обращение с фиксированными эффектами",
    "{claim:any} says {says} either way, but with the wrong precision.": (
        "{claim}: вывод «{says}» в обоих случаях, но точность неверна."
    ),
    "{count:n} instruments for {n:n} regions: so many fit the endogenous past and weaken Hansen's "
    "test.": (
        "Инструментов {count}, регионов {n}: столько инструментов подгоняются под эндогенное "
        "прошлое и ослабляют тест Хансена."
    ),
    "{count:n} instruments for {n:n} regions: fewer instruments than regions.": (
        "Инструментов {count}, регионов {n}: инструментов меньше, чем регионов."
    ),
    "Unit roots of counts are not tested here.": (
        "Единичные корни счётных данных здесь не проверяются."
    ),
    "No variable could be tested: {reason:any}.": (
        "Ни одну переменную проверить не удалось: {reason}."
    ),
    "Outcome and regressors do not share one, which alone makes a regression spurious.": (
        "У зависимой переменной и регрессоров общего единичного корня нет, а ложной регрессию "
        "делает только он."
    ),
    "Nothing here tells the regression in levels from a spurious one.": (
        "Ничто здесь не отличает регрессию в уровнях от ложной."
    ),
    # numbers
    "The admissible interval of {terms:any} is not known.": (
        "Допустимый интервал для {terms} неизвестен."
    ),
    "{name:one} is {value:n} in ({low:n}, {high:n}), {errors:n} standard errors from the nearer "
    "end; {other:one} is {value_two:n} in ({low_two:n}, {high_two:n}), {errors_two:n} standard "
    "errors from the nearer end.": (
        "{name} = {value} в интервале ({low}; {high}), до ближайшего конца стандартных ошибок: "
        "{errors}; {other} = {value_two} в интервале ({low_two}; {high_two}), стандартных "
        "ошибок: {errors_two}."
    ),
    "{name:one} is {value:n} in ({low:n}, {high:n}), {errors:n} standard errors from the nearer "
    "end.": (
        "{name} = {value} в интервале ({low}; {high}), до ближайшего конца стандартных ошибок: "
        "{errors}."
    ),
    "The likelihood has {n:n} maxima; the highest is reported.": (
        "У правдоподобия несколько максимумов ({n}); приведён наибольший."
    ),
    "The call cannot be repeated: {reason:any}.": "Вызов повторить нельзя: {reason}.",
    "The same call gives other numbers: estimates differ by {gap:n}.": (
        "Тот же вызов даёт другие числа: оценки расходятся на {gap}."
    ),
    "no reason given": "причина не указана",
    # alternatives by name
    "bootstrap": "бутстреп",
    "quasi-likelihood": "квазиправдоподобие",
    "qml": "квазиправдоподобие",
    "moments": "метод моментов",
    "entity effects": "эффекты регионов",
    "inverse distance": "обратные расстояния",
    "orders 1 and 2": "соседи первого и второго порядков",
    "a tenth of the links away ({n:n})": "без десятой части связей ({n})",
    "within {n:n} {unit:one}": "не дальше {n} {unit}",
    "{n:n} random zones ({draw:n})": "{n} {n:случайная зона|случайные зоны|случайных зон} ({draw})",
    "without {n:n} regions": "без регионов, которых {n}",
    "without {n:n} region": "без одного региона ({n})",
}

FORMS |= {
    "The same call gives the same {n:n} estimates to the last bit (sample {digest}, {rows:n} "
    f"observations); {what} of the data are not recorded with them.": (
        "Тот же вызов даёт те же оценки до последнего бита, их {n} (выборка {digest}, наблюдений "
        f"{{rows}}); с данными не записано: {said}."
    )
    for what, said in (
        ("source", "источник"),
        ("licence", "лицензия"),
        ("source and licence", "источник и лицензия"),
    )
}

FORMS |= {
    f"{first} or {second}": f"{SAYS[first]}» или «{SAYS[second]}"
    for at, first in enumerate(VERDICTS)
    for second in VERDICTS[at + 1 :]
}
