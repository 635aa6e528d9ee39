"""Full Metals behind the bridge: one for each notebook, in a scratch folder with a build server of ours (`bsp`)."""
