"""Odd, broken and hostile feeds, each with what it must lead to; ids A to F as in the design's list of bad inputs.

Where the outcome here is another than the one first written down, `DEVIATIONS` says why.
"""

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

DEVIATIONS = {
    "A8": "an id that is a number is kept as its digits; without a URL the entry is refused all the same",
    "B4": "the title swallows the link, so that the entry has none: refused by itself",
    "B10": "both documents are read, for nothing tells that the second is not meant",
    "B1": "what is whole is kept; the item that breaks off before its link is refused by itself",
    "B17": "tags of a title are dropped however deep they nest, and it is cut only where its text is too long",
    "C13": "flagged; feedparser mends a text that is wrong as a whole, one that is wrong in places is left",
    "D10": "the entry stays, dated by when it was first seen, and no dead letter is written for the date alone",
    "E3": "the link decides identity, so that all three are kept",
    "E4": "the link decides identity: one entry, the others count as seen",
    "E5": "the link decides identity, whatever the GUID is",
    "F2": "a title that is not there is an empty one until the page gives it",
    "F14": "the newest thousand by date; the rest is one dead letter of the feed with their number",
}


@dataclass(frozen=True)
class Case:
    """One feed body and what it gives."""

    id: str
    body: bytes
    # why the feed as a whole is refused, "" where it is read
    refused: str = ""
    # of each entry the fields that matter; None where an entry is all that matters
    entries: tuple[dict[str, Any], ...] = ()
    # reasons of entries refused by themselves
    refusals: tuple[str, ...] = ()
    # the charset of the HTTP header
    charset: str = ""
    left_out: int = 0
    # fields of the feed
    about: dict[str, Any] = field(default_factory=dict)


def rss(*items: str, root: str = '<rss version="2.0">', encoding: str = "utf-8") -> str:
    """An RSS 2.0 document."""
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n{root}'
    return f"{head}<channel><title>Elbe</title><link>http://e.example/</link>{''.join(items)}</channel></rss>"


def item(title: str = "Rain", link: str = "http://e.example/1", more: str = "") -> str:
    """One item of it."""
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def one(title: str = "Rain", link: str = "http://e.example/1", more: str = "") -> bytes:
    """A feed of one item."""
    return rss(item(title, link, more)).encode()


def dated(date: str) -> bytes:
    """A feed of one item of this date."""
    return one(more=f"<pubDate>{date}</pubDate>")


def doctype(declarations: str, document: str) -> str:
    """A document with declarations before its root."""
    head, _, rest = document.partition("\n")
    return f"{head}\n<!DOCTYPE rss [{declarations}]>\n{rest}"


RAIN = {"title": "Rain", "url": "http://e.example/1"}
LOOPS = doctype(f'<!ENTITY a "{"x" * 40}">', rss(item("&a;" * 40)))


NOT_A_FEED = (
    Case("A1", b"", "empty_body"),
    Case("A2", b" \n\t ", "empty_body"),
    Case("A3", rss().encode()),
    Case("A4", b"<!DOCTYPE html><html><body><p>Welcome</p></body></html>", "not_a_feed_html"),
    Case("A5", b'<html><head><link rel="alternate" type="application/rss+xml" href="/f"></head>', "not_a_feed_html"),
    Case("A6", b'{"error": "slow down"}', "not_a_feed"),
    Case(
        "A7",
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "Elbe",
                "items": [{"id": "1", "url": "http://e.example/1", "title": "Rain", "content_html": "<p>It rained."}],
            }
        ).encode(),
        entries=(RAIN | {"guid": "1"},),
    ),
    Case(
        "A8",
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": 7, "content_text": "It rained."}]}',
        refusals=("no_link",),
    ),
    Case("A9", b"%PDF-1.7\n\x00\x01\x02", "not_a_feed"),
    Case("A10", b"\x89PNG\r\n\x1a\n" + bytes(200), "not_a_feed"),
    Case("A11", gzip.compress(one()), entries=(RAIN,)),
    Case("A12", b'<opml version="2.0"><body><outline xmlUrl="http://e.example/f"/></body></opml>', "not_a_feed"),
    Case("A13", b"<urlset><url><loc>http://e.example/1</loc></url></urlset>", "not_a_feed"),
    Case("A14", b"<?xml version='1.0'?><answer><code>7</code></answer>", "not_a_feed"),
)

BROKEN = (
    Case("B1", rss(item(), item("Snow", "http://e.example/2"))[:-60].encode(), entries=(RAIN,), refusals=("no_link",)),
    Case("B2", one("Rain & snow"), entries=({"title": "Rain & snow"},)),
    Case("B3", one("Rain&nbsp;now"), entries=({"title": "Rain now"},)),
    Case("B4", rss("<item><title>Rain<link>http://e.example/1</link></item>").encode(), refusals=("no_link",)),
    Case("B5", one("Ra\x00in"), entries=(RAIN,)),
    Case("B6", one("Ra\x0bin\x1f"), entries=(RAIN,)),
    Case("B7", ("\ufeff\n" + rss(item())).encode(), entries=(RAIN,)),
    Case("B8", b"<br />\n<b>Warning</b>: line 3\n" + one(), entries=(RAIN,)),
    Case("B9", one() + b"<!-- cached --><script>track()</script>", entries=(RAIN,)),
    Case("B10", one() + one("Snow", "http://e.example/2"), entries=(RAIN, {"title": "Snow"})),
    Case("B11", one(more='<media:content url="http://e.example/i.jpg"/>'), entries=(RAIN,)),
    Case("B12", one().replace(b"item", b"ITEM").replace(b"title", b"Title"), entries=(RAIN,)),
    Case("B13", LOOPS.encode(), "dtd_entities"),
    Case("B14", LOOPS.replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16"), "dtd_entities"),
    Case("B15", doctype('<!ENTITY x SYSTEM "file:///etc/hostname">', rss(item("R&x;"))).encode(), "dtd_entities"),
    Case(
        "B16",
        one().replace(b"<rss ", b"<rss " + b" ".join(b'a%d="1"' % n for n in range(8_000)) + b" "),
        "tag_too_long",
    ),
    Case("B17", one("<a>" * 5_000 + "Rain" + "</a>" * 5_000), entries=(RAIN,)),
    Case("B18", one("<![CDATA[a ]]]]><![CDATA[> b]]>"), entries=({"title": "a ]]> b"},)),
    Case("B19", one("Rain &amp;amp; &lt;b&gt;snow&lt;/b&gt;"), entries=({"title": "Rain & snow"},)),
)

ENCODED = (
    Case("C1", rss(item("café"), encoding="iso-8859-1").encode("latin-1"), entries=({"title": "café", "flags": ()},)),
    Case("C2", one("café").decode().encode("latin-1"), entries=({"title": "café", "flags": ("encoding_guessed",)},)),
    Case(
        "C3",
        rss(item("café"), encoding="iso-8859-1").encode(),
        entries=({"title": "café", "flags": ("encoding_mismatch",)},),
    ),
    Case("C4", rss(item("a “b”"), encoding="iso-8859-1").encode("cp1252"), entries=({"title": "a “b”", "flags": ()},)),
    Case("C5", one("café"), entries=({"title": "café", "flags": ()},), charset="us-ascii"),
    Case("C6", rss(item("café"), encoding="utf-16").encode("utf-16"), entries=({"title": "café", "flags": ()},)),
    Case("C7", rss(item("雨の日"), encoding="shift_jis").encode("shift_jis"), entries=({"title": "雨の日"},)),
    Case("C8", rss(item("朱镕基新闻"), encoding="gb2312").encode("gbk"), entries=({"title": "朱镕基新闻"},)),
    Case(
        "C9",
        rss(item("Сегодня весь день шёл дождь")).replace(' encoding="utf-8"', "").encode("koi8-r"),
        entries=({"title": "Сегодня весь день шёл дождь", "flags": ("encoding_guessed",)},),
    ),
    Case(
        "C9",
        rss(item("Привет всем")).replace(' encoding="utf-8"', "").encode("koi8-r"),
        entries=({"title": "Привет всем", "flags": ("encoding_guessed",)},),
    ),
    Case("C10", rss(item("café"), encoding="x-none").encode(), entries=({"title": "café", "flags": ()},)),
    Case("C11", rss(item(), encoding="utf-7").encode(), "encoding_refused"),
    Case("C12", one("Ra&#xD800;in"), entries=({"title": "Ra\ufffdin"},)),
    Case("C13", one("cafÃ©"), entries=({"title": "café", "flags": ("mojibake_suspected",)},)),
    Case("C13", one("cafÃ© – neu"), entries=({"title": "cafÃ© – neu", "flags": ("mojibake_suspected",)},)),
)

TEN = "2026-11-20T10:00"
# statement, minute in UTC or None, flags
DATES = (
    ("Fri, 20 Nov 2026 10:00:00 GMT", TEN, ()),
    ("Fri, 20 Nov 2026 10:00:00 EST", "2026-11-20T15:00", ()),
    ("Fri, 20 Nov 2026 10:00:00 CEST", "2026-11-20T08:00", ()),
    ("Fri, 20 Nov 2026 10:00:00 +0530", "2026-11-20T04:30", ()),
    ("20 Nov 26 10:00 UT", TEN, ()),
    ("Friday, November 20, 2026 10:00 AM", TEN, ("date_repaired", "date_no_zone")),
    ("2026-11-20T10:00:00Z", TEN, ()),
    ("2026-11-20 10:00:00", TEN, ("date_no_zone",)),
    ("2026-11-20", "2026-11-20T00:00", ("date_only",)),
    ("20/11/2026 10:00", None, ("date_unparsed",)),
    ("ven., 20 nov. 2026 10:00:00 +0100", "2026-11-20T09:00", ()),
    ("2026年11月20日 10:00", TEN, ("date_repaired", "date_no_zone")),
    ("Thu, 20 Nov 2026 10:00:00 GMT", TEN, ()),
    ("Fri, 31 Nov 2026 10:00:00 GMT", None, ("date_invalid",)),
    ("Thu, 01 Jan 1970 00:00:00 GMT", None, ("date_epoch",)),
    ("0000-00-00 00:00:00", None, ("date_invalid",)),
    ("Mon, 01 Jan 0001 00:00:00 +0000", None, ("date_absurd",)),
    ("Fri, 20 Nov 2099 10:00:00 GMT", None, ("date_future",)),
    ("Fri, 20 Nov 2026 25:61:00 GMT", None, ("date_invalid",)),
    ("1795168800", TEN, ("date_repaired",)),
    ("", None, ("date_missing",)),
    ("now", None, ("date_unparsed",)),
    ("9" * 400, None, ("date_unparsed",)),
)
DATED = tuple(
    Case(f"D{number}", dated(stated), entries=({"minute": minute, "date_flags": flags},))
    for number, (stated, minute, flags) in enumerate(DATES, 1)
)

THREE = tuple({"url": f"http://e.example/{n}"} for n in range(3))
LINKED = (
    Case("E1", one(), entries=(RAIN | {"guid": ""},)),
    Case("E2", rss("<item><title>Rain</title></item>").encode(), refusals=("no_link",)),
    Case(
        "E3",
        rss(*(item(f"No. {n}", f"http://e.example/{n}", "<guid>same</guid>") for n in range(3))).encode(),
        entries=THREE,
        about={"guid_trusted": False},
    ),
    Case("E4", rss(*(item(more=f"<guid>g-{n}</guid>") for n in range(3))).encode(), entries=(RAIN, RAIN, RAIN)),
    Case("E5", one(more="<guid isPermaLink='false'>random-1</guid>"), entries=(RAIN | {"guid": "random-1"},)),
    Case(
        "E6",
        rss('<item><title>Rain</title><guid isPermaLink="true">http://e.example/1</guid></item>').encode(),
        entries=(RAIN,),
    ),
    Case("E7", one(link="/a/1"), entries=({"url": "http://feeds.example/a/1"},)),
    Case(
        "E8",
        rss(item(link="a/1"), root='<rss version="2.0" xml:base="http://b.example/x/">').encode(),
        entries=({"url": "http://b.example/x/a/1"},),
    ),
    Case("E9", one(link="//e.example/1"), entries=(RAIN,)),
    Case("E10", one(link="javascript:alert(1)"), refusals=("bad_scheme",)),
    Case("E11", one(link="file:///etc/hostname"), refusals=("bad_scheme",)),
    Case("E12", one(link="http://169.254.169.254/latest/"), entries=({"blocked": "blocked_address"},)),
    Case("E13", one(link="http://ann:hunter2@e.example/1"), refusals=("userinfo_in_url",)),
    Case("E14", one(link="\n http://e.example/1 \n"), entries=(RAIN,)),
    Case("E15", one(link="http://e.example/a b?x=1&y=2"), entries=({"url": "http://e.example/a%20b?x=1&y=2"},)),
    Case(
        "E16",
        one(link="http://e.example/1?utm_source=rss&amp;id=3#top"),
        entries=({"identity": "http://e.example/1?id=3"},),
    ),
    Case("E17", one(link="http://bücher.example/1"), entries=({"identity": "http://xn--bcher-kva.example/1"},)),
    Case("E18", one(link="http://e.example/" + "a" * 5_000), refusals=("url_too_long",)),
    Case("E19", one(link="http://e.example/&#13;&#10;X-Evil: 1"), refusals=("url_control_char",)),
    Case(
        "E20",
        rss(
            item(link="http://proxy.example/1", more="<feedburner:origLink>http://e.example/1</feedburner:origLink>"),
            root='<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">',
        ).encode(),
        entries=(RAIN,),
    ),
    Case(
        "E21",
        rss('<item><title>Rain</title><enclosure url="http://e.example/a.mp3" type="audio/mpeg"/></item>').encode(),
        refusals=("no_article_link",),
    ),
)

LONG = "<p>" + "It rained again. " * 50 + "</p>"
ENCODED_ROOT = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
LONG_CONTENT = f"<content:encoded><![CDATA[{LONG}]]></content:encoded>"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Elbe</title><entry><id>u:1</id><title>Rain</title>{}</entry></feed>'
FILLED = (
    Case(
        "F1",
        one("&lt;b&gt;Big&lt;/b&gt; rain &lt;script&gt;alert(1)&lt;/script&gt;"),
        entries=({"title": "Big rain"},),
    ),
    Case("F2", rss("<item><link>http://e.example/1</link></item>").encode(), entries=({"title": ""},)),
    Case("F3", one("x" * 200_000), entries=({"title": "x" * 2_000, "flags": ("truncated",)},)),
    Case(
        "F4",
        one(more=f"<description>{'word ' * 400_000}</description>"),
        entries=({"flags": ("truncated",), "longest": 500_000},),
    ),
    Case(
        "F5",
        rss(item(more="<description>short</description>" + LONG_CONTENT), root=ENCODED_ROOT).encode(),
        entries=({"summary": "short", "content_html": LONG},),
    ),
    Case("F6", one(more=LONG_CONTENT), entries=({"content_html": LONG},)),
    Case(
        "F7",
        ATOM.format(
            '<link href="http://e.example/1"/><content type="xhtml">'
            f'<div xmlns="http://www.w3.org/1999/xhtml">{LONG}</div></content>'
        ).encode(),
        entries=(RAIN | {"content_html": LONG},),
    ),
    Case(
        "F8",
        ATOM.format(
            '<link rel="self" href="http://e.example/api"/><link rel="alternate" href="http://e.example/1"/>'
        ).encode(),
        entries=(RAIN,),
    ),
    Case(
        "F9",
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        b' xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="http://e.example/1"><title>Rain</title>'
        b"<link>http://e.example/1</link><dc:date>2026-11-20T10:00:00Z</dc:date></item></rdf:RDF>",
        entries=(RAIN | {"minute": TEN},),
    ),
    Case("F10", one('=HYPERLINK("http://x.example","y")'), entries=({"title": '=HYPERLINK("http://x.example","y")'},)),
    Case("F11", one("Rain&#10;2026 ERROR fake"), entries=({"title": "Rain 2026 ERROR fake"},)),
    Case("F12", one("a\x1b[31mred"), entries=({"title": "ared"},)),
    Case("F13", one("abc\u202egnp.exe"), entries=({"title": "abc\u202egnp.exe", "flags": ("bidi_control",)},)),
    Case(
        "F14",
        rss(*(item(f"No. {n}", f"http://e.example/{n}") for n in range(1_003))).encode(),
        left_out=3,
        about={"at_least": 1_000},
    ),
)

CASES = NOT_A_FEED + BROKEN + ENCODED + DATED + LINKED + FILLED
