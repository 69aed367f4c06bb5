/* Whoever goes back to a form finds it with the key that it had, so that it is not done a second time. */
"use strict";
{
  const fields = document.querySelectorAll("input[name=form_key]"); // the page's forms share it
  const kept = history.state && history.state.formKey;
  if (fields.length && kept) fields.forEach((field) => { field.value = kept; });
  else if (fields.length) history.replaceState({ ...history.state, formKey: fields[0].value }, "");
}
