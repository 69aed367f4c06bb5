#!/usr/bin/env bash
# Python's codecs: text that Korean systems call EUC-KR is refused by the codec of that name.
#
# Why it matters: EUC-KR has 2,350 syllables. Windows, and library systems on it, write CP949, which has all 11,172,
# and call it EUC-KR or ks_c_5601-1987. A file is read for years, until the first title has 햏, 펲 or 뷁: then a strict
# reader fails at that record, and one that ignores errors loses letters.
# Instead: take cp949 wherever a file says EUC-KR. It reads everything that EUC-KR has, the same.
set -euo pipefail

python3 - <<'PYTHON'
import sys

print("Python", sys.version.split()[0])
SYLLABLES = "햏펲뷁"
written = SYLLABLES.encode("cp949")
print("Expected of euc_kr and ks_c_5601_1987: ", SYLLABLES)
refused = []
for name in ("euc_kr", "ks_c_5601_1987"):
    try:
        print("Seen:", name, written.decode(name))
    except UnicodeDecodeError as error:
        print("Seen:", name, error)
        refused.append(name)
every = bytes(byte for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
same = every.decode("euc_kr") == every.decode("cp949")
print("What EUC-KR has is the same in cp949:", same)
sys.exit(not (same and len(refused) == 2) and "No longer as described.")
PYTHON
