// The whole of Hydrogen on one page. The homeserver comes from the address: /?hs=http://127.0.0.1:8008
import { FeatureSet, Platform, RootView, RootViewModel, createNavigation, createRouter } from "hydrogen-view-sdk";

async function show(container) {
  const platform = new Platform({
    container,
    options: { development: true }, // without a deployed version there is no update to look for
    config: { defaultHomeServer: new URLSearchParams(location.search).get("hs") },
    assetPaths: {
      downloadSandbox: "/download-sandbox.html",
      worker: "/worker.js",
      serviceWorker: "/sw.js",
      olm: { wasm: "/olm.wasm", legacyBundle: "/olm_legacy.js", wasmBundle: "/olm.js" },
    },
  });
  await platform.init();
  const navigation = createNavigation();
  platform.setNavigation(navigation);
  const urlRouter = createRouter({ navigation, history: platform.history });
  urlRouter.attach();
  const features = await FeatureSet.load(platform.settingsStorage);
  const viewModel = new RootViewModel({ platform, urlRouter, navigation, features });
  await viewModel.load();
  container.appendChild(new RootView(viewModel).mount());
}

show(document.getElementById("app"));
