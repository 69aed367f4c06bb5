/* Whoever goes back to a form finds it with the key that it had, so that it is not saved a second time. */
"use strict";
{
  const field = document.querySelector("input[name=form_key]");
  if (field && history.state && history.state.formKey) field.value = history.state.formKey;
  else if (field) history.replaceState({ ...history.state, formKey: field.value }, "");
}
