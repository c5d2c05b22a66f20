/** SOAP of Assist (assist.md 15): the envelope, and the reader of what comes back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  childNamed,
  elementsNamed,
  envelope,
  readXml,
  readXmlFault,
  textIn,
} from '../../../../src/payments/providers/assist/soap.ts';

describe('the envelope', () => {
  it('has its element without a prefix, or with a prefix and its namespace', () => {
    expect(envelope('payment', [['a', '1']])).toBe(
      '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' +
        '<payment><a>1</a></payment></s:Body></s:Envelope>',
    );
    expect(envelope('ws:orderresult', [], 'urn:x')).toContain('<ws:orderresult xmlns:ws="urn:x"></ws:orderresult>');
    expect(envelope('getRegistration', [], 'urn:x')).toContain('<getRegistration xmlns="urn:x"></getRegistration>');
  });

  it('carries any text, and no text leaves its field', () => {
    expect(envelope('r', [['p', 'a&b<c>"ё\'\u0001']])).toContain('<p>a&amp;b&lt;c&gt;&quot;ё&apos;</p>');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const field = childNamed(childNamed(readBody(envelope('r', [['p', value]])), 'r') ?? none, 'p');
        // What XML cannot say at all, and how it writes the end of a line, apart.
        const sayable = value.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
        expect(field?.children).toEqual([]);
        expect(field?.text).toBe(sayable.replace(/\r\n?/g, '\n').trim());
      }),
    );
  });
});

const none = { name: '', attributes: new Map(), children: [], text: '' };

function readBody(text: string) {
  const root = readXml(text);
  return (root === null ? null : childNamed(root, 'body')) ?? none;
}

describe('the reader', () => {
  it.each([
    ['prefixes and namespaces', '<a:R xmlns:a="u"><a:Plain>x</a:Plain></a:R>', 'x'],
    ['any letter case', '<R><PLAIN>x</PLAIN></R>', 'x'],
    ['unknown elements and order', '<r><z><y/></z><plain>x</plain><b/></r>', 'x'],
    [
      'a declaration after blank lines, as ColdFusion writes it',
      '\r\n\n <?xml version="1.0"?>\n<r>\n<plain>\n x \n</plain></r>',
      'x',
    ],
    ['a byte order mark', '\ufeff<r><plain>x</plain></r>', 'x'],
    ['comments and instructions', '<?x y?><r><!-- <plain>y</plain> --><plain>x</plain></r>', 'x'],
    ['a Cyrillic letter in a name', '<r><рlаin>x</рlаin></r>', 'x'],
    ['entities, once', '<r><plain>?a=1&amp;b=2&amp;amp;c</plain></r>', '?a=1&b=2&amp;c'],
    ['characters by number', '<r><plain>&#120;&#x78;</plain></r>', 'xx'],
    ['CDATA as it is', '<r><plain><![CDATA[a&amp;b<c>]]></plain></r>', 'a&amp;b<c>'],
    ['a DOCTYPE with an internal subset', '<!DOCTYPE r [<!ELEMENT r ANY><!ENTITY e "E">]><r><plain>x</plain></r>', 'x'],
  ])('passes over %s', (_, text, plain) => {
    expect(textIn(readXml(text), 'plain')).toBe(plain);
  });

  it.each([
    ['nothing', ''],
    ['JSON', '{"a":1}'],
    ['a page', '<html><body>Sorry<br></body></html>'],
    ['half of it', '<r><plain>x</plain>'],
    ['two documents', '<r/><r/>'],
    ['words behind it', '<r/> thanks'],
    ['an entity of the DOCTYPE', '<!DOCTYPE r [<!ENTITY e "E">]><r><plain>&e;</plain></r>'],
    ['an entity that grows', `<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "${'&a;'.repeat(50)}">]><r>&b;</r>`],
    ['a file of the machine', '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>'],
    ['a loose ampersand', '<r>a & b</r>'],
    ['33 floors', `${'<r>'.repeat(33)}${'</r>'.repeat(33)}`],
    ['too many elements', `<r>${'<a/>'.repeat(5_000)}</r>`],
    ['more than is ever read', `<r>${'x'.repeat(256 * 1024)}</r>`],
  ])('%s is no answer', (_, text) => {
    expect(readXml(text)).toBeNull();
  });

  it('a field that stands there twice has no value', () => {
    const root = readXml('<r><sum>1</sum><sum>2</sum></r>') ?? none;
    expect([childNamed(root, 'sum'), textIn(root, 'sum'), elementsNamed(root, 'sum').length]).toEqual([null, '', 2]);
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>/&;"= ra!-[]?D#x1é') }), (text) => {
        readXml(text);
        readXmlFault(text);
      }),
    );
  });
});

describe('a fault', () => {
  const soap = (inner: string) => `<s:Envelope xmlns:s="u"><s:Body><s:Fault>${inner}</s:Fault></s:Body></s:Envelope>`;
  const own =
    '<ws:WSException><firstcode>15</firstcode><secondcode>308</secondcode><message>no</message></ws:WSException>';

  it.each([
    ['the pair in the names of SOAP', soap('<faultcode>5</faultcode><faultstring>108</faultstring>'), ['5', '108', '']],
    [
      'with its words',
      soap('<faultcode>5</faultcode><faultstring>108</faultstring><detail><message>sum &lt;1&gt;</message></detail>'),
      ['5', '108', 'sum <1>'],
    ],
    [
      'WSException inside of a plain fault',
      soap(`<faultcode>s:Server</faultcode><faultstring>WSException</faultstring><detail>${own}</detail>`),
      ['15', '308', 'no'],
    ],
    [
      'without an envelope',
      '<Fault><faultcode>10</faultcode><faultstring>201</faultstring></Fault>',
      ['10', '201', ''],
    ],
    ['the list of the XML services', "<result firstcode='10' secondcode='100' count='0'></result>", ['10', '100', '']],
  ])('%s', (_, text, [first, second, words]) => {
    expect(readXmlFault(text)).toEqual({ first, second, text: words });
  });

  it.each([
    ['success', "<result firstcode='0' secondcode='0' count='1'/>"],
    ['words without a pair', soap('<faultcode>s:Server</faultcode><faultstring>oops</faultstring>')],
    ['a payment', '<payment><ordernumber>1</ordernumber></payment>'],
    ['a page', '<html><body><h1>502</h1></body></html>'],
  ])('%s is none', (_, text) => {
    expect(readXmlFault(text)).toBeNull();
  });
});
