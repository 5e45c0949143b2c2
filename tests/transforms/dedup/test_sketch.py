"""Sketches: what tokens are, what is kept of a text, and that the packed form gives it back."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.dedup.texts import STORY, cut
from transforms.dedup.arrays import U64
from transforms.dedup.sketch import (
    SKETCH_VERSION,
    Sketch,
    are_keys,
    pack,
    packed_anchors,
    unpack,
    without,
)
from transforms.dedup.sketching import sketch_text
from transforms.dedup.tokens import tokenise


def same(a: Sketch, b: Sketch) -> bool:
    """Whether two sketches are equal in every part."""
    arrays = (
        (a.anchors, b.anchors),
        (a.places, b.places),
        (a.facts.values, b.facts.values),
        (a.numbers.values, b.numbers.values),
    )
    scalars = (a.threshold, a.facts.threshold, a.numbers.threshold, a.shingles) == (
        b.threshold,
        b.facts.threshold,
        b.numbers.threshold,
        b.shingles,
    )
    return scalars and all(np.array_equal(x, y) for x, y in arrays)


class TestTokens:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("GENEVA talks", "geneva TALKS"),
            ("café naïve", "cafe naive"),
            ("don't", "dont"),
            ("don’t", "don't"),
            ("1,000.5 euros", "1.000,5 euros"),
            ("co-operate", "co operate"),
            ("«word»", "word"),
        ],
    )
    def test_typography_does_not_matter(self, one: str, other: str):
        """Case, accents, apostrophes, quotes, dashes and digit marks are how it is printed, not what is said."""
        assert tokenise(one).hashes.tolist() == tokenise(other).hashes.tolist()

    def test_unspaced_scripts_give_a_token_a_character(self):
        """Japanese and Thai are read by characters, Korean and Latin by words."""
        assert len(tokenise("東京の天気").hashes) == 5
        assert len(tokenise("สวัสดี").hashes) > 1
        assert len(tokenise("서울 날씨").hashes) == 2
        assert len(tokenise("NATO東京").hashes) == 3

    def test_numbers_and_names_are_told(self):
        """A name has a capital letter and does not begin a sentence."""
        tokens = tokenise("Yesterday Biden met 3 envoys. They left Geneva")

        assert tokens.number.tolist() == [False] * 3 + [True] + [False] * 4
        assert tokens.name.tolist() == [False, True, False, False, False, False, False, True]

    @given(st.text(max_size=200))
    def test_any_text_is_tokenised(self, text: str):
        """The four arrays have one length, whatever the text."""
        tokens = tokenise(text)

        assert len({len(tokens.hashes), len(tokens.unspaced), len(tokens.number), len(tokens.name)}) == 1


class TestSketch:
    def test_a_part_keeps_the_whole_texts_anchors(self):
        """What a cut copy keeps of the text, it keeps of the anchors."""
        whole, half = sketch_text(STORY), sketch_text(cut(STORY, 0.5))
        threshold = min(whole.threshold, half.threshold)
        under = half.anchors[half.anchors <= threshold]

        assert len(under) >= 15
        assert np.isin(under, whole.anchors).all()

    def test_sizes_are_bounded(self):
        """A long text keeps about as many anchors as a short one; few facts, few numbers."""
        sketch = sketch_text(" ".join(f"Minister {n} told Parliament about {n * 7} cases." for n in range(4_000)))

        assert 96 <= len(sketch.anchors) <= 96 + 30
        assert len(sketch.facts.values) <= 24
        assert len(sketch.numbers.values) <= 32
        assert len(pack(sketch)) < 1_500

    @pytest.mark.parametrize("text", ["", "one", "one two three four", "123", "日本"])
    def test_tiny_texts_have_sketches(self, text: str):
        """Texts of hardly a word are sketched, and packed, like others."""
        sketch = sketch_text(text)

        assert len(sketch.anchors) <= 1
        assert same(unpack(pack(sketch)), sketch)

    def test_the_same_text_gives_the_same_sketch_everywhere(self):
        """Another process with another hash seed makes the same bytes."""
        imports = "from transforms.dedup.sketch import pack; from transforms.dedup.sketching import sketch_text"
        code = f"{imports}; print(pack(sketch_text({STORY!r})).hex())"

        made = [
            subprocess.run(
                [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
            ).stdout
            for seed in ("1", "2")
        ]

        assert made == [pack(sketch_text(STORY)).hex() + "\n"] * 2

    @given(st.text(max_size=400))
    def test_packing_is_lossless(self, text: str):
        """A packed sketch is a multiple of eight bytes and comes back whole."""
        sketch = sketch_text(text)
        packed = pack(sketch)

        assert len(packed) % 8 == 0
        assert same(unpack(packed), sketch)

    def test_another_version_is_refused(self):
        """A sketch of another format is never read as if it were this one."""
        packed = (SKETCH_VERSION + 1).to_bytes(2, "little") + pack(sketch_text(STORY))[2:]

        with pytest.raises(ValueError, match="version 2"):
            unpack(packed)

    def test_anchors_of_many_are_read_at_once(self):
        """All anchors of a column of packed sketches come out with their owners; another version's give none."""
        sketches = [sketch_text(STORY), sketch_text("a few words only here today"), sketch_text(cut(STORY, 0.2))]
        blobs = [pack(sketch) for sketch in sketches]
        blobs.append((SKETCH_VERSION + 1).to_bytes(2, "little") + blobs[0][2:])
        starts = np.cumsum([0, *map(len, blobs[:-1])]) // 8

        anchors, owners = packed_anchors(np.frombuffer(b"".join(blobs), U64), starts)

        for number, sketch in enumerate(sketches):
            assert np.array_equal(anchors[owners == number], sketch.anchors)
        assert 3 not in owners

    def test_stop_anchors_leave(self):
        """Without its stop anchors a sketch is shorter by their share, and by nothing else."""
        sketch = sketch_text(STORY)
        stripped = without(sketch, sketch.anchors[::4].copy())

        assert not np.isin(stripped.anchors, sketch.anchors[::4]).any()
        assert stripped.shingles == pytest.approx(0.75 * sketch.shingles, rel=0.05)
        assert without(sketch, np.zeros(0, U64)) is sketch

    def test_keys_are_few_and_never_none(self):
        """About a quarter of the anchors are keys, at least eight."""
        sketch = sketch_text(STORY)
        short = sketch_text(cut(STORY, 0.05))

        owners = np.repeat([0, 1], [len(sketch.anchors), len(short.anchors)])
        keys = are_keys(np.concatenate([sketch.anchors, short.anchors]), owners)

        assert 8 <= keys[owners == 0].sum() < len(sketch.anchors) / 2
        assert keys[owners == 1].sum() >= min(8, len(short.anchors))
        assert keys[owners == 1][:8].all()
