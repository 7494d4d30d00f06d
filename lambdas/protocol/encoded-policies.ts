/**
 * The members of IAM's answers whose policy documents are percent-encoded in XML: shape → members. Documents in requests are not.
 *
 * Source: "The policy document … URL-encoded compliant with RFC 3986" on the pages of these shapes, e.g.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html
 */
export const ENCODED_POLICY_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  GetGroupPolicyResponse: ['PolicyDocument'],
  GetRolePolicyResponse: ['PolicyDocument'],
  GetUserPolicyResponse: ['PolicyDocument'],
  PolicyDetail: ['PolicyDocument'],
  PolicyVersion: ['Document'],
  Role: ['AssumeRolePolicyDocument'],
  RoleDetail: ['AssumeRolePolicyDocument'],
};

/** Whether the member of the shape is percent-encoded in XML answers. */
export function isEncodedPolicy(shapeName: string, memberName: string): boolean {
  return (
    Object.hasOwn(ENCODED_POLICY_MEMBERS, shapeName) &&
    ENCODED_POLICY_MEMBERS[shapeName]?.includes(memberName) === true
  );
}

/**
 * Percent-encoding of RFC 3986: everything but its unreserved characters.
 *
 * Lone surrogates have no UTF-8 form; they become U+FFFD.
 */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
