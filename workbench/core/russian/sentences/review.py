"""What a sceptical reader is answered."""

from __future__ import annotations

FORMS: dict[str, str] = {
    # spillovers
    "The model has no lagged outcome: its coefficients are its effects on the region and on its "
    "neighbours.": (
        "В модели нет лага результата: её коэффициенты и есть эффекты для самого региона и для "
        "соседей."
    ),
    "We state effects as impacts with their intervals, never as coefficients.": (
        "Эффекты представлены с интервалами, а не коэффициентами."
    ),
    "No regressor is instrumented from outside, so that nothing in these data tells whether one "
    "is correlated with the disturbance.": (
        "Внешних инструментов нет ни для одного регрессора, и по этим данным нельзя судить, "
        "коррелирован ли какой-либо из них с ошибкой."
    ),
    "Earlier outcomes instrument the outcome's own past alone.": (
        "Прежние значения результата служат инструментами только для его собственного прошлого."
    ),
    "Dependence left between regions (CDw+): {p}.": (
        "Оставшаяся зависимость между регионами (CDw+): {p}."
    ),
    "Intervals overlap so much that the difference decides nothing.": (
        "Интервалы перекрываются настолько, что различие ничего не решает."
    ),
    "Effects of regions and periods are in the model: {claim} is {reported}; without them "
    "{count:n} {noun} of {n:n} would say something else.": (
        "В модели есть эффекты регионов и периодов: {claim} — {reported}; без них иной вывод дали "
        "бы {count} из {n} {n:варианта|вариантов|вариантов}."
    ),
    "Confounders that move in each region in their own way are beyond these effects: see common "
    "factors.": (
        "Сторонние факторы, меняющиеся в каждом регионе по-своему, этим эффектам недоступны: см. "
        "общие факторы."
    ),
    # disturbances
    "Tests of dependence that is left: {tests}.": "Тесты оставшейся зависимости: {tests}.",
    "Koenker's test of equal variances has {p}.": "Тест Кенкера на равенство дисперсий: {p}.",
    "It is too blunt to decide.": "Оценка слишком неточна, чтобы решать.",
    "It does not reject.": "Не отвергает.",
    "The sample has {n:n} {noun}.": "Регионов в выборке: {n}.",
    "Jarque and Bera's test of normal residuals has {p}.": (
        "Тест Жарка–Бера на нормальность остатков: {p}."
    ),
    # reach
    "One effect is tested, and no local statistics are shown.": (
        "Проверяется один эффект, локальных статистик нет."
    ),
    "Of {n:n} local statistics {single:n} are below {alpha:n} one by one (about {chance:n} would "
    "be by chance), {kept:n} once the false discovery rate is held; the map flags {shown:n}.": (
        "Из {n} локальных статистик по отдельности ниже {alpha} — {single} (случайно было бы "
        "около {chance}), при контроле доли ложных открытий — {kept}; на карте отмечено {shown}."
    ),
    "Of {n:n} local statistics {single:n} are below {alpha:n} one by one (about {chance:n} would "
    "be by chance), {kept:n} once the false discovery rate is held; the map flags {shown:n}: "
    "more than may be claimed.": (
        "Из {n} локальных статистик по отдельности ниже {alpha} — {single} (случайно было бы "
        "около {chance}), при контроле доли ложных открытий — {kept}; на карте отмечено {shown} — "
        "больше, чем можно утверждать."
    ),
    "Each of the {n:n} regions was left out of data and W and the model estimated again.": (
        "Каждый из регионов, всего {n}, исключался из данных и из W, и модель оценивалась заново."
    ),
    "The largest move is without {region}, {value:n} standard errors.": (
        "Наибольший сдвиг — без {region}: {value} "
        "{value:стандартная ошибка|стандартной ошибки|стандартных ошибок}."
    ),
    "It says the same without each of them: estimates from {low:n} to {high:n}.": (
        "Без каждого из них вывод тот же: оценки от {low} до {high}."
    ),
    "Not to be estimated without {names} (reasons in the table).": (
        "Не удалось оценить без {names} (причины в таблице)."
    ),
    "The data are of one scale, {n:n} regions: what other borders would give cannot be told from "
    "them.": (
        "Данные одного масштаба, регионов {n}: что дали бы другие границы, по ним сказать нельзя."
    ),
    "With a standard error of {error:n} an effect of {effect:n} is found with probability "
    "{power:n} at {alpha:n}; the estimate is {value:n}.": (
        "При стандартной ошибке {error} эффект {effect} обнаруживается с вероятностью {power} на "
        "уровне {alpha}; оценка равна {value}."
    ),
    "What size would matter has not been said: a margin would say it.": (
        "Какая величина была бы важна, не сказано: её задал бы содержательный порог."
    ),
    # neighbours
    "W ({how}, digest {digest}) has {n:n} regions, {low:n} to {high:n} neighbours each (mean "
    "{mean:n}), {islands:n} {noun} and {parts:n} connected {part}.": (
        "В W ({how}, контрольная сумма {digest}) регионов {n}, соседей у каждого от {low} до "
        "{high} (в среднем {mean}), изолированных {islands}, компонент связности {parts}."
    ),
    "Linked by policy, not by the rule of W: {names}.": (
        "Связаны назначением, а не правилом W: {names}."
    ),
    "Apart from the largest connected part: {names}.": (
        "Вне наибольшей компоненты связности: {names}."
    ),
    "No region is without neighbours, apart from the others or linked by policy.": (
        "Нет регионов без соседей, отделённых от остальных или связанных назначением."
    ),
    "{count:n} of {n:n} regions are not in the sample ({names}).": (
        "Из {n} регионов не вошли в выборку {count} ({names})."
    ),
    "W was restricted to the others and normalised anew: the {n:n} that remain lost {share:n} of "
    "their links, one of them {worst:n}.": (
        "W сужена до остальных и нормирована заново: оставшиеся {n} потеряли {share} своих "
        "связей, один из них — {worst}."
    ),
    "More than {limit:n} of all links, or half of a region's, are missing: its spatial lags are "
    "means of other neighbours than W says.": (
        "Потеряно более {limit} всех связей или половина связей одного региона: его "
        "пространственные лаги — средние не по тем соседям, что в W."
    ),
    "Whether they differ in what is not observed cannot be told from those observed.": (
        "Отличаются ли они в ненаблюдаемом, по наблюдаемым сказать нельзя."
    ),
    "All {n:n} regions of the data and of W are in the sample.": (
        "В выборке все регионы данных и W, всего {n}."
    ),
    # form
    "Zeros: {shares}.": "Нули: {shares}.",
    "{share:n} of {name:one}": "{share} в {name}",
    "{name} is a count.": "{name} — счётный показатель.",
    "Tests of {model} (Holm's adjustment for {n:n}): {tests}.": (
        "Тесты {model} (поправка Холма, тестов {n}): {tests}."
    ),
    "larger {model}": "шире — {model}",
    "smaller {model}": "уже — {model}",
    "Not rejected, though they say {other} where {model} says {says}: {names}.": (
        "Не отвергнуты, хотя дают вывод «{other}» там, где {model} даёт «{says}»: {names}."
    ),
    "No larger model fits better, and none that fits as well says something else.": (
        "Более широкие модели не лучше, и ни одна из столь же хороших не даёт иного вывода."
    ),
    "Variance inflation of {term} is {value:n} (largest of all: {worst} with {most:n}; condition "
    "number {condition:n}, effects taken out).": (
        "Фактор инфляции дисперсии {term} равен {value} (наибольший у {worst}: {most}; число "
        "обусловленности {condition}, эффекты исключены)."
    ),
    "Variance inflation of {term} is {value:n} (largest of all: {worst} with {most:n}; condition "
    "number {condition:n}).": (
        "Фактор инфляции дисперсии {term} равен {value} (наибольший у {worst}: {most}; число "
        "обусловленности {condition})."
    ),
    "Squares of {n:n} {noun} added to the {model} panel regression (clustered by region) have "
    "jointly {p}: no curvature shows.": (
        "Квадраты регрессоров ({n}), добавленные в панельную регрессию {model} (кластеры по "
        "регионам), совместно: {p}; кривизны не видно."
    ),
    "Squares of {n:n} {noun} added to the {model} panel regression (clustered by region) have "
    "jointly {p}: the relation is curved.": (
        "Квадраты регрессоров ({n}), добавленные в панельную регрессию {model} (кластеры по "
        "регионам), совместно: {p}; зависимость нелинейна."
    ),
    # time
    "Least squares within regions has no incidental parameters.": (
        "Во внутригрупповом МНК нет проблемы мешающих параметров."
    ),
    "No fixed effects are estimated along with the model.": (
        "Фиксированные эффекты вместе с моделью не оцениваются."
    ),
    "A cross-section has no time.": "В пространственной выборке нет времени.",
    "Pesaran's CIPS over {n:n} periods (null: unit roots everywhere): {tests}.": (
        "CIPS Песарана, периодов {n} (нулевая гипотеза: везде единичные корни): {tests}."
    ),
    "No unit root is rejected for {names}.": "Единичный корень не отвергается: {names}.",
    "Every variable that could be tested rejects.": (
        "Единичный корень отвергается для каждой переменной, которую удалось проверить."
    ),
    "{claim} is {reported} ({says}) as reported; first differences: {value}, {p} ({also}).": (
        "{claim}: в исследовании {reported} ({says}); первые разности — {value}, {p} ({also})."
    ),
    # numbers
    "The model has no spatial parameter to maximise over.": (
        "В модели нет пространственного параметра, по которому ищется максимум."
    ),
    "One maximum was found.": "Найден один максимум.",
    "The same call gives the same {n:n} estimates to the last bit (sample {digest}, {rows:n} "
    "observations); data: {source:any}.": (
        "Тот же вызов даёт те же оценки до последнего бита, их {n} (выборка {digest}, наблюдений "
        "{rows}); данные: {source}."
    ),
    "Rosstat, Regions of Russia: socio-economic indicators; D. Tereshchenko, "
    "Rosstat-regional-data-in-R-2 (transcription) (Official statistics of Rosstat (facts; cite "
    "the source))": (
        "Росстат, «Регионы России. Социально-экономические показатели»; перепечатка "
        "Д. Терещенко (официальная статистика Росстата, с указанием источника)"
    ),
}
