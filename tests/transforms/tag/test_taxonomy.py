"""Loading: languages, versions, and every way in which a file may be wrong."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.transforms.tag.conftest import HEAD
from transforms.errors import UsageError
from transforms.tag.score import tag_article
from transforms.tag.source import PACKAGED
from transforms.tag.taxonomy import load_taxonomy

TOPIC = "trade: {any: {strong: [=WTO]}, en: {strong: [tariff]}, de: {strong: [Zoll]}}"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {"=WTO", "tariff"}),
        ("de", {"=WTO", "Zoll"}),
        ("de-AT", {"=WTO", "Zoll"}),
        ("EN-gb", {"=WTO", "tariff"}),
        ("und", {"=WTO", "tariff", "Zoll"}),
        ("", {"=WTO", "tariff", "Zoll"}),
        ("pt-BR", {"=WTO"}),
        ("zh", {"=WTO"}),
    ],
)
def test_lists_of_a_language(load, language, expected):
    """An article meets its language's lists and `any`; without a known language all, uncovered only `any`."""
    topics = tag_article("", "WTO tariff Zoll", language, load(TOPIC))

    assert {term.term for topic in topics for term in topic.terms} == expected


def test_covered_languages(load):
    """Only a language with lists of its own is covered."""
    taxonomy = load(TOPIC)

    assert [name for name in ("de-CH", "fr", "pt", "und", "any") if taxonomy.covers(name)] == ["de-CH", "fr"]


def test_automata_are_built_once(load):
    """Languages with the same lists share an automaton, which is kept."""
    taxonomy = load(TOPIC)

    assert taxonomy.automaton("pt") is taxonomy.automaton("zh")
    assert taxonomy.automaton("de") is taxonomy.automaton("de-AT")
    assert taxonomy.automaton("de") is not taxonomy.automaton("en")


def test_version_names_the_bytes(write):
    """The version is id@version and the file's digest: any edit changes it."""
    path = write(TOPIC)
    before = load_taxonomy(path).version
    path.write_bytes(path.read_bytes() + b"# a note\n")

    assert before.startswith("small@1+")
    assert load_taxonomy(path).version == f"small@1+{sha256(path.read_bytes()).hexdigest()[:12]}" != before


def test_packaged_taxonomy():
    """Without a path, the packaged taxonomy is loaded; each of its topics has terms in every language."""
    taxonomy = load_taxonomy()

    assert taxonomy.version.startswith("world-affairs@")
    assert load_taxonomy(PACKAGED).version == taxonomy.version
    for language in taxonomy.languages:
        assert {one.owner for one in taxonomy.listings[language] if one.role == "topic"} == set(taxonomy.topics)


@pytest.mark.parametrize(
    ("topic", "says"),
    [
        ("trade: {en: {strong: [ok, a=b]}}", "topic trade: term 'a=b' has `=` inside"),
        ("trade: {en: {strong: [no]}}", "topic trade: term False is not a text"),
        ("trade: {en: {not: ['']}}", "topic trade: term '' is empty"),
        ("trade: {en: {strong: tariff}}", "topic trade: en: strong must be a list"),
        ("trade: {en: {stong: [tariff]}}", "topic trade: en: unknown key 'stong'"),
        ("trade: {it: {strong: [dazi]}}", "topic trade: unknown key 'it'"),
        ("trade: {treshold: 3}", "topic trade: unknown key 'treshold'"),
        ("trade: {threshold: high}", "topic trade: threshold must be a number"),
        ("trade: {threshold: 0}", "topic trade: threshold must be a number"),
        ("trade: {threshold: .nan}", "topic trade: threshold must be a number"),
        ("trade: [tariff]", "topic trade must be a mapping"),
        ("trade: {en: {rules: [tariff]}}", "topic trade: term 'tariff': a rule must be a mapping"),
        ("trade: {en: {rules: [{w: 3}]}}", "topic trade: term None is not a text"),
        ("trade: {en: {rules: [{term: tax}]}}", "topic trade: term 'tax': w must be a number"),
        ("trade: {en: {rules: [{term: tax, w: 3, need: [leaders]}]}}", "topic trade: term 'tax': unknown key 'need'"),
        ("trade: {en: {rules: [{term: tax, w: 3, needs: [sea]}]}}", "topic trade: term 'tax': unknown context 'sea'"),
        ("trade: {en: {rules: [{term: tax, w: 3, needs: sea}]}}", "topic trade: term 'tax': needs must be a list"),
        ("trade: {en: {rules: [{term: tax, w: 3, window: near}]}}", "topic trade: term 'tax': window must be a number"),
        ("trade: {en: {}}\n  trade: {de: {}}", "line 20: 'trade' is given twice"),
        ("1: {en: {}}", "the key 1 is not a text"),
        ("? [a]: {en: {}}", "line 19: found unhashable key"),
        ("trade: {en: [", "line 20: "),
        ("trade: {en: {strong: ['\x07']}}", "control characters are not allowed"),
    ],
)
def test_malformed_files(write, topic, says):
    """What is wrong with a file is said in one line that names the file, the topic and the term."""
    path = write(topic)

    with pytest.raises(UsageError) as caught:
        load_taxonomy(path)

    assert str(caught.value).startswith(f"{path}: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"1"', "1.2", "taxonomy: version must be a text"),
        ("[en, de, fr]", "[en, no]", "taxonomy: languages: False is not a text"),
        ("[en, de, fr]", "[en, pt-BR]", "'pt-BR' must be a lower-case language code"),
        ("title_boost: 2", "title_bost: 2", "defaults: unknown key 'title_bost'"),
        ("  tf_cap: 4\n", "", "defaults: tf_cap must be a number"),
        ("ridge]", "r=dge]", "context mountain: term 'r=dge'"),
        ("contexts:", "context:", "the file: unknown key 'context'"),
    ],
)
def test_malformed_heads(write, old, new, says):
    """The same goes for what stands above the topics."""
    path = write(TOPIC, head=HEAD.replace(old, new))

    with pytest.raises(UsageError, match=says):
        load_taxonomy(path)


def test_unreadable_files(tmp_path):
    """A file that is missing or no text is the operator's fault, too."""
    (tmp_path / "latin.yaml").write_bytes(b"topics: {caf\xe9: {}}")

    for name in ("missing.yaml", "latin.yaml"):
        with pytest.raises(UsageError, match=name):
            load_taxonomy(tmp_path / name)


ALL_HITS = """
from transforms.tag.score import tag_article
from transforms.tag.taxonomy import load_taxonomy
taxonomy = load_taxonomy()
body = "Leaders at the G7 summit agreed sanctions on banks; hackers hit servers. Gipfel, Sanktionen, huelga. " * 3
for language in ("en", "de", "und", "ja"):
    print(tag_article("Sanctions after cyberattack", body, language, taxonomy))
"""


def test_the_same_over_hash_seeds():
    """Topics, scores and evidence do not depend on how Python orders sets."""
    root = Path(__file__).parents[3]
    outputs = [
        subprocess.run(
            [sys.executable, "-c", ALL_HITS],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert b"sanctions" in outputs[0]
    assert outputs[0] == outputs[1]
