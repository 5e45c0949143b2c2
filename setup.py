"""Dependencies and packages of Dateline, nothing else; tool settings are in pyproject.toml."""

from pathlib import Path

from setuptools import find_packages, setup

setup(
    name="dateline",
    version="0.1.0",
    description="News feeds to de-duplicated, topic-tagged Parquet: a streaming ingestion pipeline on Apache Beam",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.10,<3.14",
    packages=find_packages(include=["pipeline*", "transforms*", "schemas*", "queries*"]),
    package_data={
        "pipeline.demo": ["content/*"],
        "queries": ["*.sql"],
        "transforms": ["data/*.txt"],
        "transforms.extract": ["data/*"],
        "transforms.tag": ["data/*.yaml"],
    },
    install_requires=[
        "apache-beam>=2.77,<2.78",
        "feedparser>=6.0.11,<7",
        "trafilatura>=2.0,<3",
        "lxml>=5.3,<7",
        "lxml_html_clean>=0.4,<1",
        "langdetect>=1.0.9,<2",
        "pyarrow>=19,<26",
        "numpy>=1.26,<3",
        "aiohttp[speedups]>=3.13,<4",
        "stamina>=25.1,<27",
        "w3lib>=2.3,<3",
        "charset-normalizer>=3.4,<4",
        "dateparser>=1.2,<2",
        "pebble>=5.1,<6",
        "ahocorasick-rs>=1.0,<2",
        "pyyaml>=6.0,<7",
        "rich>=14,<16",
        "duckdb>=1.4,<3",
        "tomli>=2.0,<3; python_version < '3.11'",
    ],
    extras_require={
        "dev": [
            "pytest>=8.4,<10",
            "hypothesis>=6.130,<7",
            "ruff>=0.15,<0.18",
            "mypy>=1.18,<3",
            "types-PyYAML",
            "types-requests",
            "lxml-stubs",
            "build>=1.2,<2",
            "polars>=1.30,<3",
            "pandas>=2.2,<4",
            "datasketch>=1.6,<3",
            "requests>=2.32,<3",
        ],
        "dataflow": ["apache-beam[gcp]>=2.77,<2.78"],
    },
    entry_points={"console_scripts": ["dateline = pipeline.cli:main"]},
)
