"""Labels of maps and charts of innovation: indices, types, activities, knowledge, frontiers."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # composite indices
    "Moran's I of the index over {n} drawn constructions": "I Морана индекса по построениям ({n})",
    "Local clusters of the index over {draws} drawn constructions": "Локальные кластеры индекса "
    "по построениям ({draws})",
    "{formula}: {draws} drawn constructions pooled by Rubin's rules": "{formula}: построений "
    "{draws}, объединены по правилам Рубина",
    "Checks of a composite index of {n} indicators": "Проверка сводного индекса; показателей: {n}",
    "Ranks of {n} regions in two indices": "Ранги регионов ({n}) в двух индексах",
    "Composite index of {k} indicators, {what}": "Сводный индекс; показателей: {k}, {what}",
    "Composite index of {n} indicators, {when}": "Сводный индекс; показателей: {n}, {when}",
    "{n} regions": "регионов: {n}",
    "{n} rows in {n_2} periods": "строк: {n}, периодов: {n_2}",
    "Sensitivity of ranks to choices: {evaluations} constructions": "Чувствительность рангов к "
    "решениям; построений: {evaluations}",
    "Uncertainty of ranks: {draws} constructions drawn{failed}": "Неопределённость рангов; "
    "построений: {draws}{failed}",
    ", {failed} failed": ", не удалось: {failed}",
    "{heading}; ranks move by {shift} of {n} on average": "{heading}; в среднем ранги сдвигаются "
    "на {shift} из {n}",
    "Rank of {n} regions over {shape} constructions, 5 to 95 %. First in the index as recorded: "
    "{first}; widest interval: {highest}, {high} ranks.": "Ранги регионов ({n}) по построениям "
    "({shape}), от 5 до 95 %. Первый в исходном индексе: {first}; самый широкий интервал: "
    "{highest}, рангов: {high}.",
    "{heading}; choices make {alone:.0%} of the variance each by itself, {alone_2:.0%} together": ""
    "{heading}; решения дают {alone:.0%} дисперсии по отдельности и {alone_2:.0%} совместно",
    "{heading}; {share_significant:.0%} with p < {alpha:g}": "{heading}; с p < {alpha:g} — "
    "{share_significant:.0%}",
    "Histogram of Moran's I over {n} draws, {low} to {high}; {statistic} with the index as "
    "recorded.": "Гистограмма I Морана по розыгрышам ({n}), от {low} до {high}; с исходным "
    "индексом {statistic}.",
    "rank, 1 the best": "ранг, 1 — лучший",
    "share of the variance of the mean shift of ranks": "доля дисперсии среднего сдвига рангов",
    "by itself (first order)": "само по себе (первый порядок)",
    "with interactions (total)": "со взаимодействиями (полный)",
    "p < {alpha:g} ({significant})": "p < {alpha:g} ({significant})",
    "others ({significant})": "прочие ({significant})",
    "Moran's I": "I Морана",
    "draws": "розыгрыши",
    "Map of the most frequent class of local Moran's I. {heading}: {told}.": "Карта самого частого "
    "класса локального I Морана. {heading}: {told}.",
    "paler: in fewer draws": "бледнее: реже",
    "5 to 95 % of draws": "от 5 до 95 % розыгрышей",
    "median": "медиана",
    "as recorded": "исходный индекс",
    "First-order and total indices. {told}.": "Индексы первого порядка и полные. {told}.",
    "{region}: rank {ranks} of {n}": "{region}: ранг {ranks} из {n}",
    "Correlations of {k} indicators, alpha {alpha:.2f}": "Корреляции показателей ({k}), альфа "
    "{alpha:.2f}",
    "{words}; from {low:.2f} to {high:.2f}.": "{words}; от {low:.2f} до {high:.2f}.",
    "{words}. Best: {best}.": "{words}. Лучшие: {best}.",
    "score": "балл",
    "score, best {n}": "балл, лучшие {n}",
    "{one} (leader)": "{one} (лидер)",
    "score of the sub-index": "балл субиндекса",
    "normalised indicator": "нормированный показатель",
    "correlation": "корреляция",
    # types
    "Types of {name} by the distance to the leader, {told} ({first:.4g})": "Типы по расстоянию до "
    "лидера: {name}; {told} ({first:.4g})",
    "Types by the levels of {columns}": "Типы по уровням: {columns}",
    "Moves of {n} regions between {n_2} types, {first} to {last}": "Переходы регионов ({n}) между "
    "типами ({n_2}), {first}–{last}",
    "Profiles by {shape} variables: {title}": "Профили по переменным ({shape}): {title}",
    "Stability under {change}, {n} draws. {title}": "Устойчивость, {change}; розыгрышей: {n}. "
    "{title}",
    "adjusted Rand {rand:.2f} (p = {p_permutation})": "скорректированный индекс Рэнда "
    "{rand:.2f} (p = {p_permutation})",
    "{heading}: {facts}; {disagree} of {nobs} regions differ.": "{heading}: {facts}; различаются "
    "{disagree} из {nobs} регионов.",
    "{heading}: {movers} regions moved from {first} to {last}.": "{heading}: сменили тип "
    "{movers}, {first}–{last}.",
    "{heading}: {loose} of {n} regions stay in fewer than 90 % of draws.": "{heading}: менее чем в "
    "90 % розыгрышей остаются {loose} из {n} регионов.",
    "{name}: {count} regions": "{name}: {count}",
    "share of squares between types, η²": "доля межтиповой вариации, η²",
    "standard deviations from the mean of all regions": "стандартные отклонения от среднего по "
    "всем регионам",
    "standard deviations from the mean of all regions; bars are means of types": "стандартные "
    "отклонения от среднего по всем регионам; черты — средние типов",
    "share of draws in its type": "доля розыгрышей в своём типе",
    "regions, the least sure first": "регионы, от наименее устойчивых",
    "mean Jaccard coefficient of the type": "средний коэффициент Жаккара типа",
    "rank": "ранг",
    "type (regions)": "тип (регионов)",
    "{heading}: {n} regions by {n_2} standardised variables.": "{heading}: регионов {n}, "
    "стандартизованных переменных {n_2}.",
    # activities
    "Relatedness density, {unit}, own activity {own}": "Плотность родственности, {unit}, "
    "собственный вид {own}",
    "Co-occurrences of {n} {among} in {over} {other}": "Совместные появления: {among} {n}, {other} "
    "{over}",
    "Complexity of {n} regions and {k} activities ({how})": "Сложность: регионов {n}, видов "
    "деятельности {k} ({how})",
    "{iterations} reflections": "отражений: {iterations}",
    "{kind} of activities, {name}{beside}": "{kind} видов деятельности, {name}{beside}",
    "; fixed effects of {effects}": "; фиксированные эффекты: {effects}",
    "Fitness of {n} regions in {n_2} activities": "Приспособленность: регионов {n}, видов "
    "деятельности {n_2}",
    "{what} of activities, {spans}": "{what} видов деятельности, {spans}",
    "Relatedness ({measure}) of {n} activities": "Родственность ({measure}), видов деятельности: "
    "{n}",
    "Variety of {n} regions by {levels}, bits{corrected}": "Разнообразие; регионов: {n}, уровни: "
    "{levels}, биты{corrected}",
    "Heat map, {heading}: the highest is {one} and {other}, {relatedness}.": "Тепловая карта, "
    "{heading}: наибольшая у {one} и {other}, {relatedness}.",
    "Heat map, {heading}: the most frequent pair is {one} and {other}, {co_occurrences}.": ""
    "Тепловая карта, {heading}: самая частая пара — {one} и {other}, {co_occurrences}.",
    "{heading}: mean {present} where the region has the activity, {absent} where it has not.": ""
    "{heading}: в среднем {present}, где вид есть, и {absent}, где его нет.",
    "{heading}: rates of {what} by activity, the highest {first} with {first_2:.0%}; all together "
    "{overall:.0%}.": "{heading}: частота ({what}) по видам, наибольшая у {first}: {first_2:.0%}; "
    "все вместе {overall:.0%}.",
    "{heading}: rates from {rate:.1%} in the tenth of rows with the lowest density to {rate_2:.1%} "
    "in that with the highest; {of} changes by {estimate} % where density is 10 % higher.": ""
    "{heading}: частота от {rate:.1%} в нижней десятой по плотности до {rate_2:.1%} в верхней; при "
    "плотности выше на 10 % меняется на {estimate} % ({of}).",
    "{heading}: the most complex is {first}, the least {last}; correlation with diversity "
    "{value}.": "{heading}: самый сложный {first}, наименее {last}; корреляция с разнообразием "
    "{value}.",
    "{heading}: the fittest is {first}, the last {last}.{gone}": "{heading}: первый {first}, "
    "последний {last}.{gone}",
    "{heading}: the most varied is {first} with {total_variety} bits, of them {related_variety} "
    "related.": "{heading}: самый разнообразный {first}: бит {total_variety}, из них родственных "
    "{related_variety}.",
    "co-occurrences": "совместные появления",
    "entry": "появление",
    "exit": "исчезновение",
    "none, as all are equally diverse": "нет, так как разнообразие у всех одно",
    " {n} regions tend to zero and are not shown.": " Стремятся к нулю и не показаны: {n}.",
    ", per cent": ", %",
    "relatedness density{unit}; dashed: means": "плотность родственности{unit}; пунктир: средние",
    "share of pairs of region and activity": "доля пар «регион — вид деятельности»",
    "rate of {what} among regions at risk; dashed: all activities": "частота ({what}) среди "
    "регионов под риском; пунктир: все виды",
    "relatedness density at the start": "плотность родственности в начале",
    "rate of {kind}": "частота ({kind})",
    "complexity, standard deviations": "сложность, стандартные отклонения",
    "diversity: activities that the region has": "разнообразие: виды деятельности региона",
    "fitness, mean 1 (logarithmic scale)": "приспособленность, среднее 1 (логарифмическая шкала)",
    "bits": "биты",
    "unrelated": "неродственное",
    "related": "родственное",
    "activity {name} ({size})": "вид {name} ({size})",
    "present": "есть",
    "absent": "отсутствует",
    "slope of the model": "наклон модели",
    "Network, {heading}: {n} links of the maximum spanning tree and {n_2} of the strongest others; "
    "most links have {hubs}; most related are {one} and {other}, {relatedness}.": ""
    "Сеть, {heading}: связей максимального остовного дерева {n} и сильнейших прочих {n_2}; "
    "больше всего связей у {hubs}; самые родственные {one} и {other}, {relatedness}.",
    "dark: maximum spanning tree; area: regions that have the activity": "тёмные: максимальное "
    "остовное дерево; площадь: число регионов с этим видом",
    # diffusion and organisations
    "Bass diffusion of {variable}, {first} to {last}{what}": "Диффузия по Бассу: {variable}, "
    "{first}–{last}{what}",
    ", {many} regions": ", регионов: {many}",
    "Hazard of adoption, {n} regions": "Риск освоения; регионов: {n}",
    "Spatial Bass diffusion of {variable}": "Пространственная диффузия по Бассу: {variable}",
    "factor of the {rate} of adoption, for one standard deviation of the term": "во сколько раз "
    "меняется освоение ({rate}) на одно стандартное отклонение",
    "rate of adoption among those who have not adopted": "темп освоения среди ещё не освоивших",
    ": the {n} with most adopters": ": {n} с наибольшим числом освоивших",
    "Contagion under wrong maps: p = {p_value}": "Заражение при ложных картах: p = {p_value}",
    "rate": "темп",
    "odds": "шансы",
    "Bass curve": "кривая Басса",
    "{region}: p {innovation:.3g}, q {imitation:.3g}, market {market:.4g}, peak {peak:.1f}": ""
    "{region}: p {innovation:.3g}, q {imitation:.3g}, рынок {market:.4g}, пик {peak:.1f}",
    "{region}: not fitted, {reason}": "{region}: не оценено, {reason}",
    "Adopters by period with Bass curves: ": "Освоившие по периодам с кривыми Басса: ",
    "{term} {a:.3g} [{b:.3g}, {c:.3g}]": "{term} {a:.3g} [{b:.3g}; {c:.3g}]",
    "Organisations created over all {when}, per cent": "Созданные организации ко всем {when}, %",
    "Growth of the number of organisations, per cent": "Рост числа организаций, %",
    "Digital divide in {variable}{when}": "Цифровой разрыв: {variable}{when}",
    ", {ends} to {ends_2}": ", {ends}–{ends_2}",
    "created, per cent of all, with {level:g} % interval": "создано, % ко всем, с интервалом "
    "{level:g} %",
    "growth, per cent": "рост, %",
    "{names} {first:.3g} to {last:.3g}": "{names}: с {first:.3g} до {last:.3g}",
    "adoption, from the last to the leader": "освоение, от последнего до лидера",
    "{heading}: X² = {statistic:.4g}, p = {p}.": "{heading}: X² = {statistic:.4g}, p = {p}.",
    "{slope:+.3g} a unit of time, p = {p_value}": "{slope:+.3g} за единицу времени, p = {p_value}",
    "{heading}: of {n} regions {told}.": "{heading}; регионов {n}: {told}.",
    "{low} to {high} of regions": "от {low} до {high} регионов",
    "gap in points": "разрыв в пунктах",
    "gap in logits": "разрыв в логитах",
    "upper over lower quantile": "верхний квантиль к нижнему",
    # frontiers
    "Determinants of inefficiency, {n} regions, Simar and Wilson's algorithm {algorithm}: "
    "distance ~ {formula}": "Факторы неэффективности {n} регионов, алгоритм {algorithm} Симара и "
    "Уилсона: расстояние ~ {formula}",
    "Efficiency in {orientation}s of {n} regions, {returns}: {formula}": "Эффективность {n} "
    "регионов {orientation}, {returns}: {formula}",
    "Productivity of {n} regions: {formula}": "Производительность {n} регионов: {formula}",
    "Stochastic {kind} frontier, {distribution}{spread}: {formula}": "Стохастическая граница "
    "({kind}), {distribution}{spread}: {formula}",
    ", {effects} inefficiency": ", неэффективность {effects}",
    "{heading}. {n} of {n_2} regions by rank, efficiency from {value} to {value_2}.": "{heading}. "
    "{n} из {n_2} регионов по рангу, эффективность от {value} до {value_2}.",
    "{heading}. {n} regions below the frontier of {value} efficient ones.": "{heading}. Под "
    "границей из {value} эффективных — {n} регионов.",
    "{heading}. {value} of {n} regions became more productive; geometric mean {mean}.": ""
    "{heading}. Производительнее стали {value} из {n} регионов; среднее геометрическое {mean}.",
    "Productivity changed by a factor of {mean} on average": "Производительность изменилась в "
    "среднем в {mean} раза",
    "efficiency, 1 is the frontier": "эффективность, 1 — граница",
    "efficiency change (catching up above 1)": "изменение эффективности (выше 1 — догоняют)",
    "technical change (progress above 1)": "технические изменения (выше 1 — прогресс)",
    "{n} regions between": "между ними регионов: {n}",
    "corrected, with interval": "с поправкой и интервалом",
    "as estimated": "как оценено",
    # knowledge and position
    "Effect of {spillover} by {capacity}: {title}": "Эффект {spillover} по {capacity}: {title}",
    "Spillover of {variable} with {form} decay: {formula}": "Переток: {variable}, затухание "
    "{form}: {formula}",
    "Stock of {variable} at the {timing} of periods, depreciation {depreciation:.4g}": "Запас: "
    "{variable}, {timing} периода, выбытие {depreciation:.4g}",
    "{heading}: sum over regions from {first} to {last}, of which {share:.1%} is the first stock "
    "in the last period.": "{heading}: сумма по регионам от {first} до {last}, из неё в последнем "
    "периоде начальный запас {share:.1%}.",
    "{heading}. Left: loss of fit along the decay, least at {decay} {unit}; {level:.0%} interval "
    "{words}. Right: the spillover of a unit by distance.": "{heading}. Слева: потеря качества "
    "вдоль затухания, наименьшая при {decay} {unit}; интервал {level:.0%}: {words}. Справа: "
    "переток единицы по расстоянию.",
    "{heading}, from {first} at the smallest to {last} at the largest capacity; {n} ranges in "
    "which it differs from 0.": "{heading}, от {first} при наименьшей до {last} при наибольшей "
    "способности; участков, где отличен от 0: {n}.",
    "squared profile t": "квадрат профильной t",
    "distance ({distance_unit})": "расстояние ({distance_unit})",
    "differs from 0": "отличен от 0",
    "stock of {variable}": "запас: {variable}",
    "decay ({unit})": "затухание ({unit})",
    "exponent of distance": "показатель степени расстояния",
    "coefficient times f(distance),\nnot yet divided": "коэффициент на f(расстояния),\nдо деления",
    "effect of a unit of {variable}": "эффект единицы: {variable}",
    "effect of {spillover}": "эффект: {spillover}",
    "rows": "строки",
    "stock, all regions": "запас, все регионы",
    "still the first stock": "остаток начального запаса",
    "no end": "без конца",
    "{level:.0%} band, {band}": "полоса {level:.0%}, {band}",
    "pointwise": "поточечная",
    "simultaneous": "совместная",
    " (dashed: mean)": " (пунктир: среднее)",
    "Potential links between {types}": "Возможные связи: {types}",
    "Potential of {variable}, weights {fall}": "Потенциал: {variable}, веса {fall}",
    "{heading} within {n} regions, from {high:,} in {first}, by pair of types.": "{heading} внутри "
    "регионов ({n}), от {high:,} в {first}, по парам типов.",
    "{heading}: what reaches {n} regions from the others against their own mass": "{heading}: что "
    "доходит до регионов ({n}) от других, и их собственная масса",
    "; bars are what it would be with masses at random.": "; черты — при случайных массах.",
    "potential from the others": "потенциал от остальных",
    "potential, mean = 1": "потенциал, среднее = 1",
    "possible links within the region": "возможные связи внутри региона",
    "from the other regions": "от других регионов",
    "own {variable}": "собственное: {variable}",
    "; {rest} regions with fewer not shown": "; не показаны регионы с меньшим числом: {rest}",
    "expected with masses at random": "ожидается при случайных массах",
    " ({left} regions not shown)": " (не показано регионов: {left})",
}
