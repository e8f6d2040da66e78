"""Whether everything is what was written: recomputed from the stored bytes, believing nothing that can be recomputed.

    checked              against                                                 finds
    ───────────────────  ──────────────────────────────────────────────────────  ──────────────────────────────────────
    pages                their HMAC (SQLCipher)                                  a flipped bit anywhere in the file
    leaves               their place, their copied columns, the tree             altered, missing, added, reordered
    marks                the leaves                                              an entry hidden from a search
    tree nodes           the hashes below them                                   altered, missing, added
    checkpoints          the log's key, the root of the tree at their size,      a tree that was rewritten or cut
                         the end of their epoch
    the kept ones        the same: beside the database, with the keys            a database that was put back
    remembered ones      the same: handed in by whoever kept them                the same, whoever did it
    recordings           the entry of their taking-in; with `recordings`, their  swapped, altered, missing
                         sealed bytes, decrypted and hashed

It goes on after the first finding, so that a person sees all of them.

    leaves, nodes  the slow look, once the quick one (`agent.audit.blocks`, in processes of its own where the log is
                   long) has found a block that is not whole: what exactly is wrong
    marks          what entries are found by, once their count is not right
    heads          checkpoints
    seals          recordings
"""

from __future__ import annotations

from agent.audit.verify.finding import Finding, Report
from agent.audit.verify.progress import Progress
from agent.audit.verify.verification import Verification

__all__ = ["Finding", "Progress", "Report", "Verification"]
