"""From answers to estimates: pure functions on arrays, frozen results.

    plan.read(text, file=...)          a plan, or every finding about its file
    answers.wave(frame=..., answers=...)  the data of a wave in a fixed order
    estimates(plan, wave)              the table of all estimates, as answered and weighted to the frame
    since.since(before, now)           the change of every figure since another wave
    change.covariance_between(a, b)    covariances between waves that share boards

Every estimator (`linearise`) gives its estimate and its linearised values; one covariance serves them all; weighting is
a projector on those values (`weights`). All figures of a wave are worked out together, from sums over boards
(`moments`), and agree with those of one at a time. Only numpy and scipy.special are needed.
"""

from peilstok.estimate.answers import Wave, wave
from peilstok.estimate.estimates import estimates
from peilstok.estimate.plan import Plan
from peilstok.estimate.plan import read as read_plan
from peilstok.estimate.table import Estimate, EstimateTable, Row

__all__ = ["Estimate", "EstimateTable", "Plan", "Row", "Wave", "estimates", "read_plan", "wave"]
