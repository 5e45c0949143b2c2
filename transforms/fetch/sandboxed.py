"""A pool of killable processes in, what polls parse feeds with out."""

import asyncio

from schemas.feed import Feed
from schemas.parsed_feed import ParsedFeed
from schemas.slot import Slot
from transforms.fetch.poll import Parser
from transforms.sandbox import Sandbox

# by name: only the processes of the sandbox load the parser
_PARSE = "transforms.fetch.parse.parse_feed"


def parser_in(pool: Sandbox) -> Parser:
    """Return a parser whose calls run in the pool, with its limits of time and memory."""

    async def parse(body: bytes, charset: str, url: str, feed: Feed, slot: Slot) -> tuple[ParsedFeed, int]:
        future = pool.submit(_PARSE, body, charset, url, feed, slot)
        await asyncio.gather(asyncio.wrap_future(future), return_exceptions=True)
        outcome = pool.result(future)
        return outcome.value, outcome.cpu_us

    return parse
