# mypy: ignore-errors
# ruff: noqa: E402
"""The heavy notebook: the same data, a Poisson model of complaints and a bootstrap of it over whole communities."""

# %% parameters
county, lang = "110101", "zh"

# %%
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

matplotlib.rcParams["svg.hashsalt"] = county
FORMULA = "complaints ~ np.log(residents) + workers + np.log(spent) + centre + C(kind) + np.sin(season) + np.cos(season)"

# %% markdown
## What complaints go with, and how sure that is

# %%
rows = pd.read_parquet(f"data/slices/{county}.parquet")
rows["season"] = 2 * np.pi * rows["month"].str[5:].astype(int) / 12
model = smf.glm(FORMULA, data=rows, family=sm.families.Poisson()).fit()
model.params.round(4).to_frame("coefficient")

# %%
chance = np.random.default_rng(int(county))
communities = dict(list(rows.groupby("community")))
drawn = []
for _ in range(250):
    sample = pd.concat([communities[name] for name in chance.choice(list(communities), len(communities))])
    drawn.append(smf.glm(FORMULA, data=sample, family=sm.families.Poisson()).fit().params)
bootstrap = pd.DataFrame(drawn)

# %%
interval = bootstrap.quantile([0.025, 0.5, 0.975]).T
interval.round(4)

# %%
figure, axes = plt.subplots(figsize=(7, 4))
shown = interval.drop(index="Intercept")
axes.hlines(shown.index, shown[0.025], shown[0.975])
axes.plot(shown[0.5], shown.index, "o")
axes.axvline(0, color="grey", linewidth=0.8)
plt.show()

# %%
figure, axes = plt.subplots(figsize=(7, 4))
axes.hist(bootstrap["workers"], bins=30, edgecolor="white")
axes.set_title("Workers and complaints over the draws")
plt.show()
