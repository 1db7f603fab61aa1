"""Print the ten slowest test files in a JUnit report (xunit1), with the total seconds of their tests."""

import sys
from collections import Counter
from xml.etree import ElementTree as ET

seconds: Counter[str] = Counter()
for case in ET.parse(sys.argv[1]).iter("testcase"):  # noqa: S314 - written by pytest a moment ago
    seconds[case.get("file", "")] += float(case.get("time", 0))
for file, time in seconds.most_common(10):
    print(f"{time:7.1f} s  {file}")
