# mypy: ignore-errors
# ruff: noqa: E402
"""The light notebook, a cell at each `# %%`: ten code cells, four charts, three tables, about twenty indicators."""

# %% parameters
county, lang = "110101", "zh"

# %%
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.stats.proportion import proportion_confint

matplotlib.rcParams["svg.hashsalt"] = county

# %% markdown
## The county's communities, month by month

# %%
rows = pd.read_parquet(f"data/slices/{county}.parquet")
latest = rows[rows["month"] == rows["month"].max()].set_index("community")
monthly = rows.groupby("month").agg(residents=("residents", "sum"), spent=("spent", "sum"), complaints=("complaints", "sum"),
                                    resolved=("resolved", "sum"), volunteers=("volunteers", "sum"))

# %%
households, residents = latest["households"].sum(), latest["residents"].sum()
low, high = proportion_confint(latest["satisfied"].sum(), latest["surveyed"].sum(), method="wilson")
indicators = pd.Series({
    "communities": len(latest),
    "households": households,
    "residents": residents,
    "residents a household": residents / households,
    "old residents, %": 100 * latest["elderly"].sum() / residents,
    "volunteers a thousand residents": 1000 * latest["volunteers"].sum() / residents,
    "workers a thousand households": 1000 * latest["workers"].sum() / households,
    "spent in 36 months": rows["spent"].sum(),
    "spent a resident and month": rows["spent"].sum() / rows["residents"].sum(),
    "budget used, %": 100 * rows["spent"].sum() / rows["budget"].sum(),
    "complaints": rows["complaints"].sum(),
    "complaints a thousand residents": 1000 * rows["complaints"].sum() / residents,
    "resolved, %": 100 * rows["resolved"].sum() / rows["complaints"].sum(),
    "growth of residents, %": 100 * (monthly["residents"].iloc[-1] / monthly["residents"].iloc[0] - 1),
    "growth of volunteers, %": 100 * (monthly["volunteers"].iloc[-1] / monthly["volunteers"].iloc[0] - 1),
    "with a service centre, %": 100 * latest["centre"].mean(),
    "spread of spending (Gini)": np.abs(np.subtract.outer(latest["spent"].to_numpy(), latest["spent"].to_numpy())).mean()
                                 / (2 * latest["spent"].mean()),
    "satisfied, %": 100 * latest["satisfied"].sum() / latest["surveyed"].sum(),
    "satisfied, % (low, Wilson)": 100 * low,
    "satisfied, % (high, Wilson)": 100 * high,
})
indicators.round(2).to_frame("value")

# %%
figure, axes = plt.subplots(figsize=(7, 3.5))
for name in ("complaints", "resolved"):
    axes.plot(monthly.index, monthly[name], marker="o", markersize=3, label=name)
axes.set_title("Complaints, and those resolved")
axes.tick_params(axis="x", rotation=90, labelsize=6)
axes.legend()
plt.show()

# %%
ranked = latest.sort_values("satisfied", ascending=False).head(20)
share = ranked["satisfied"] / ranked["surveyed"]
bounds = proportion_confint(ranked["satisfied"], ranked["surveyed"], method="wilson")
figure, axes = plt.subplots(figsize=(7, 4.5))
axes.barh(ranked.index, share, xerr=np.maximum([share - bounds[0], bounds[1] - share], 0), capsize=2)
axes.invert_yaxis()
axes.set_xlabel("satisfied, with Wilson intervals")
plt.show()
ranked[["households", "residents", "surveyed", "satisfied"]].head(10)

# %%
line = smf.ols("complaints ~ residents + workers + C(kind)", data=latest.reset_index()).fit()
figure, axes = plt.subplots(figsize=(6, 4))
axes.scatter(latest["residents"], latest["complaints"], c=latest["workers"], s=20)
axes.plot(np.sort(latest["residents"]), np.polyval(np.polyfit(latest["residents"], latest["complaints"], 1),
                                                  np.sort(latest["residents"])), color="crimson")
axes.set_xlabel("residents")
axes.set_ylabel("complaints")
plt.show()

# %%
design = sm.add_constant(np.log(latest[["residents", "spent"]]))
logit = sm.Logit(latest["centre"], design).fit(disp=0)
pd.DataFrame({"OLS": line.params, "logit": logit.params}).round(4)

# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 3.5))
axes[0].hist(latest["spent"], bins=20, edgecolor="white")
axes[0].set_title("Spent in the last month")
axes[1].boxplot([part["spent"] for _, part in latest.groupby("kind")])
axes[1].set_title("by kind of community")
plt.show()

# %%
print(f"{county}: {len(latest)} communities, R² {line.rsquared:.3f}, pseudo-R² {logit.prsquared:.3f}")
