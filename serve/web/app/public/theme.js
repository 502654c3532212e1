// Runs before the first paint, so that a dark screen does not flash white. It is
// a file and not inline because the Content-Security-Policy allows no inline script.
(function () {
  var chosen = null;
  try {
    chosen = window.localStorage.getItem('mantine-color-scheme-value');
  } catch (e) {
    // Storage may be forbidden; then the system decides.
  }
  var dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  var theme = chosen === 'light' || chosen === 'dark' ? chosen : dark ? 'dark' : 'light';
  document.documentElement.setAttribute('data-mantine-color-scheme', theme);
})();
