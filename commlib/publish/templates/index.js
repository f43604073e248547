(function () {
  var box = document.getElementById("find"), form = box.form, shown = document.getElementById("shown");
  var rows = Array.prototype.slice.call(document.querySelectorAll("#counties tbody tr"));
  var keys = rows.map(function (row) { return row.getAttribute("data-s"); });
  function plain(words) { return words.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, ""); }
  function filter() {
    var words = plain(box.value).split(/\s+/).filter(Boolean), count = 0;
    rows.forEach(function (row, at) {
      var hit = words.every(function (word) { return keys[at].indexOf(word) >= 0; });
      row.hidden = !hit;
      if (hit) { count += 1; }
    });
    shown.textContent = words.length ? shown.getAttribute("data-word") + " " + count : "";
    document.getElementById("nothing").hidden = count > 0 || !words.length;
  }
  form.hidden = false;
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  box.addEventListener("input", filter);
  filter();
})();
