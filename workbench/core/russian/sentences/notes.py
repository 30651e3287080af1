"""Notes that results bring along: what was measured, left out, estimated with care."""

from __future__ import annotations

FORMS: dict[str, str] = {
    # impacts
    "With so few observations delta intervals of indirect and total impacts hold the truth less "
    'often than they say: see impacts(method="monte-carlo") or, of cross-sections, '
    'bootstrap("impacts", interval="studentised").': (
        "При столь малом числе наблюдений интервалы косвенных и полных эффектов по дельта-методу "
        "накрывают истинное значение реже, чем заявлено: см. "
        'impacts(method="monte-carlo") или, для пространственной выборки, '
        'bootstrap("impacts", interval="studentised").'
    ),
    # weights
    "{region:one} linked to {other:one}, {distance:n} {unit:one}": (
        "связь назначена: {region} — {other}, {distance} {unit}"
    ),
    "{pair:one} linked, {distance:n} {unit:one}": "связаны {pair}, {distance} {unit}",
    "km": "км",
    "distances are planar between points, in {unit:one}": (
        "расстояния на плоскости между точками, {unit}"
    ),
    "distances are planar between centroids of polygons, in {unit:one}": (
        "расстояния на плоскости между центроидами полигонов, {unit}"
    ),
    "distances are geodesic between points, in {unit:one}, on the ellipsoid {name:one}": (
        "геодезические расстояния между точками, {unit}, на эллипсоиде {name}"
    ),
    "distances are geodesic between centroids of polygons, in {unit:one}, on the ellipsoid "
    "{name:one}": (
        "геодезические расстояния между центроидами полигонов, {unit}, на эллипсоиде {name}"
    ),
    "distances are great-circle between points, in {unit:one}, on a sphere of radius {r:n} km": (
        "расстояния по дуге большого круга между точками, {unit}, на сфере радиуса {r} км"
    ),
    "distances are great-circle between centroids of polygons, in {unit:one}, on a sphere of "
    "radius {r:n} km": (
        "расстояния по дуге большого круга между центроидами полигонов, {unit}, на сфере радиуса "
        "{r} км"
    ),
    "nearest neighbours are directed: the weights are not symmetric": (
        "ближайшие соседи не взаимны: веса несимметричны"
    ),
    "nearest regions are directed: the weights are not symmetric": (
        "ближайшие регионы не взаимны: веса несимметричны"
    ),
    "flows are directed: the weights are not symmetric": "потоки не взаимны: веса несимметричны",
    "the weights are not symmetric": "веса несимметричны",
    "{n:n} pairs overlap by a sliver and are neighbours: {pairs:any}": (
        "перекрываются узкой полосой и считаются соседями пар {n}: {pairs}"
    ),
    "map turned by {degrees:n} degrees": "карта повёрнута на {degrees}°",
    "map mirrored and turned by {degrees:n} degrees": "карта отражена и повёрнута на {degrees}°",
    "bandwidths adapt to each region: the weights are not symmetric": (
        "ширина окна у каждого региона своя: веса несимметричны"
    ),
    "{gone:n} of {n:n} regions without neighbours dropped: {names:any}": (
        "исключены регионы без соседей, {gone} из {n}: {names}"
    ),
    "{n:n} regions without neighbours, whose spatial lag is 0: {names:any}": (
        "регионы без соседей, с нулевым пространственным лагом ({n}): {names}"
    ),
    "{same:n} points coincide with others, {crowded:n} of them with more than k = {k:n}: their "
    "neighbours are the first of these in sorted order": (
        "совпадают с другими точек: {same}, из них более чем с k = {k} другими: {crowded}; их "
        "соседи — первые из совпадающих по порядку"
    ),
    "{n:n} regions that not all weights have left out: {names:any}": (
        "исключены регионы, которые есть не во всех матрицах ({n}): {names}"
    ),
    # samples
    "regions left out for gaps in the variables ({n:n}): {names:any}; weights restricted from "
    "{all:n} to {kept:n} regions and normalised anew; these have {low:n} to {high:n} neighbours "
    "among themselves": (
        "исключены регионы с пропусками в переменных ({n}): {names}; веса сужены с {all} до {kept} "
        "регионов и нормированы заново; соседей между собой у них от {low} до {high}"
    ),
    "regions left out for gaps in the variables ({n:n}): {names:any}": (
        "исключены регионы с пропусками в переменных ({n}): {names}"
    ),
    "rows left out for missing values ({n:n}): {names:any}": (
        "исключены строки с пропусками ({n}): {names}"
    ),
    "left out for missing values ({n:n}): {names:any}": "исключены из-за пропусков ({n}): {names}",
    "weights restricted from {all:n} to {kept:n} regions and normalised anew; these have {low:n} "
    "to {high:n} neighbours among themselves": (
        "веса сужены с {all} до {kept} регионов и нормированы заново; соседей между собой у них от "
        "{low} до {high}"
    ),
    "{name:any}: {n:n} missing values left out.": "{name}: пропущено значений — {n}.",
    # local statistics
    "{n:n} regions without neighbours ({names}) count in the mean and variance of the variable; "
    "they have no spatial lag and no local statistic": (
        "регионы без соседей ({n}: {names}) входят в среднее и дисперсию переменной; "
        "пространственного лага и локальной статистики у них нет"
    ),
    "no region could be tested: none has neighbours and a value to compare": (
        "проверить нельзя ни один регион: ни у одного нет и соседей, и значения для сравнения"
    ),
    # families and locks
    "A family of {n:n}; p-values: Holm.": (
        "Гипотез в семействе: {n}; p-значения с поправкой Холма."
    ),
    "A family of {n:n}; p-values: {how}.": "Гипотез в семействе: {n}; p-значения: {how}.",
    "Lock {digest}.": "Замок {digest}.",
    "Outcomes had not been loaded when the lock was made: {names:any}. Tables that were read other "
    "than by wb.load are not seen.": (
        "Когда создавался замок, результаты загружены не были: {names}. Таблицы, прочитанные не "
        "через wb.load, не видны."
    ),
    "Outcomes had not been loaded when the lock was made: {names:any}.": (
        "Когда создавался замок, результаты загружены не были: {names}."
    ),
    "Tables that were read other than by wb.load are not seen.": (
        "Таблицы, прочитанные не через wb.load, не видны."
    ),
    "W {name} is restricted from {all:n} to {kept:n} regions of the sample and normalised anew; "
    "its recipe is the locked one, its digest cannot be.": (
        "W {name} сужена с {all} до {kept} регионов выборки и нормирована заново; построение — "
        "как в замке, контрольная сумма такой быть не может."
    ),
    # curves of specifications
    "Shares of the variance over the chosen grid, not importance in nature: a dimension with more, "
    "or more extreme, choices takes a larger share.": (
        "Это доли дисперсии по выбранной сетке, а не важность в действительности: измерение, где "
        "вариантов больше или они крайние, получает большую долю."
    ),
    "Covariances do not change the estimates: each counts once.": (
        "Ковариации оценок не меняют: каждая оценка учтена один раз."
    ),
    "Estimates of different outcomes may be in different units.": (
        "Оценки для разных зависимых переменных могут быть в разных единицах."
    ),
    "Null: {null}.": "Нулевая гипотеза: {null}.",
    "the estimand is zero; what regions are left with, once the dependence between them is "
    "filtered out, has either sign": (
        "оцениваемая величина равна нулю; остатки регионов, после исключения зависимости между "
        "ними, с равной вероятностью имеют любой знак"
    ),
    "the estimand is zero; what a period is left with has either sign in all regions": (
        "оцениваемая величина равна нулю; остаток периода с равной вероятностью имеет любой знак "
        "сразу во всех регионах"
    ),
    "who is whose neighbour has nothing to do with the data": "соседство не связано с данными",
    "{n:n} draws, seed {seed:n}.": "Розыгрышей {n}, начальное число {seed}.",
    "The estimand is spatial dependence itself: nothing is filtered.": (
        "Оценивается сама пространственная зависимость: ничего не исключается."
    ),
    "No specification has weights: nothing is filtered.": (
        "Весов нет ни в одной спецификации: ничего не исключается."
    ),
    "Disturbances are filtered with lambda from {low:n} to {high:n}.": (
        "Зависимость ошибок исключена с λ от {low} до {high}."
    ),
    "{n:n} of {all:n} estimates under the null were at an end of their interval or could not be "
    "had; each curve is summarised over the others.": (
        "При нулевой гипотезе {n} из {all} оценок оказались на краю интервала или не получены; "
        "каждая кривая обобщена по остальным."
    ),
    "{n:n} of {all:n} regions left out one at a time, {chosen:n} of {total:n} specifications "
    "each; W restricted and normalised anew.": (
        "По одному исключались {n} из {all} регионов, каждый в {chosen} из {total} спецификаций; "
        "W сужалась и нормировалась заново."
    ),
    "The {n:n} regions are those that move {count:n} specifications spread over the curve most; a "
    "region that matters elsewhere may be missed.": (
        "Это регионы ({n}), сильнее всего сдвигающие спецификации по всей кривой ({count}); "
        "регион, важный в других местах, мог быть пропущен."
    ),
    # placebos
    "None of {n:n} outcomes that cannot have been moved seems to be (smallest p, adjusted for all, "
    "{p:n}).": (
        "Из {n} результатов, на которые повлиять было нельзя, ни один не выглядит затронутым "
        "(наименьшее p с поправкой на все — {p})."
    ),
    "But all their intervals hold the real estimate, {value:n}, too: these placebos could not have "
    "told.": (
        "Но все их интервалы содержат и настоящую оценку, {value}: эти плацебо ничего показать не "
        "могли."
    ),
    "Outcomes of earlier periods on today's regressors, beside the regressors of the outcome's own "
    "time.": (
        "Результаты прежних периодов на сегодняшних регрессорах, наряду с регрессорами своего "
        "времени."
    ),
    "Outcomes of earlier periods on today's regressors, without those of the outcome's own time, "
    "for which slow regressors stand.": (
        "Результаты прежних периодов на сегодняшних регрессорах, без регрессоров своего времени: "
        "их заменяют медленно меняющиеся."
    ),
    # panels
    "The first period, {period}, is given.": "Первый период, {period}, задан.",
    "Estimates are corrected for the bias that effects of regions bring; likelihood, AIC and BIC "
    "are those of the maximum before.": (
        "Оценки исправлены на смещение, вносимое эффектами регионов; правдоподобие, AIC и BIC — в "
        "максимуме до поправки."
    ),
    "The largest root of (I - rho W)^-1 (tau I + eta W) is {root:n}: shocks die out.": (
        "Наибольший корень (I − ρW)⁻¹(τI + ηW) равен {root}: шоки затухают."
    ),
    # logits
    "{events:n} of the rarer outcome for {k:n} regressors, {each:n} each: with fewer than {few:n} "
    "estimates by maximum likelihood are too far from 0, and their intervals miss.": (
        "Более редких исходов {events}, регрессоров {k}, по {each} на каждый: если меньше {few}, "
        "оценки максимального правдоподобия слишком далеки от нуля, а интервалы промахиваются."
    ),
    "Firth's penalised likelihood: intervals are profiles, p-values are of penalised "
    "likelihood-ratio tests, and statistics their signed roots (Heinze and Schemper 2002).": (
        "Штрафное правдоподобие Ферта: интервалы профильные, p-значения — по тестам отношения "
        "штрафных правдоподобий, статистики — корни из них со знаком (Хайнце и Шемпер, 2002)."
    ),
    "Complete separation by {names:any}: maximum likelihood has no estimate here, and how far "
    "these are from 0 is the penalty's doing; read the intervals.": (
        "Полное разделение по {names}: оценки максимального правдоподобия здесь нет, и насколько "
        "эти далеки от нуля, определяет штраф; смотрите на интервалы."
    ),
}
