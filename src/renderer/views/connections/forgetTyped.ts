/**
 * Takes the last text typed into a field out of the engine's memory. Chromium holds every text that was typed and left
 * against its own pattern of an e-mail address, and its regular expressions keep the last text they were held
 * against: for an address with a password in it, until something else with an "@" is typed. A harmless one takes
 * its place.
 */
export function forgetTyped(): void {
  const field = document.createElement('input');
  field.type = 'email';
  field.value = 'nobody@example.com';
  field.checkValidity();
}
