const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** What the name of a namespace is made of, for people. */
export const NAMESPACE_RULE = 'lower-case letters, digits and "-", at most 63';
/** Whether a word can be the name of a namespace. */
export const isLabel = (word: string): boolean => DNS_LABEL.test(word);
/** Whether a word can be the name of an object such as a Secret. */
export const isObjectName = (word: string): boolean => /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(word);
/** Whether a word can be a service account's name, or its namespace and name. */
export const isAccount = (word: string): boolean => {
  const parts = word.split('/');
  return parts.length <= 2 && parts.every(isObjectName);
};
