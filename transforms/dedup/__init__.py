"""Find near-identical wire copy: which articles are one agency's story, however cut, retitled or extended.

What it must do: bring together the copies of one text that many outlets run, with other headlines, cut from the bottom,
with dropped or added paragraphs, local text and boilerplate. What it must never do: merge what was written apart. Two
reports of one event share facts and quotes, two weather notes share every sentence; a false merge hides an article from
the analyst, a missed copy only shows one twice.

How: a *sketch* keeps a sample of an article's shingles (runs of five words), chosen by hash so that two texts keep the
same ones, with their places, and a sample of its facts (numbers and names, each with the two words before it). From two
sketches follows the containment, the share of the smaller text found in the larger. That is evidence of copying; five
guards tell copying from likeness: facts, number words, order, the lead, and size (`compare.py`). Over all pairs, an
article that holds two unrelated leads is a digest and bridges nothing, and a short pair falls when its neighbours speak
against it (`cluster.py`). Shingles that many unrelated articles share are boilerplate (`stops.py`).

Known exceptions: a copy cut by two thirds and rewritten besides may be missed; two notices of one template that differ
in a single name may merge. Measured on labelled copies and real agency stories: precision 1.00, adjusted Rand index .98
(decision 0003).
"""
