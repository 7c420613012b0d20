import { type Role } from '../domain/event.ts';

/** What a code of CAMEO is taken as, and what its two actors did. */
export interface Taken {
  type: string;
  first: Role;
  second: Role;
  /** The code in CAMEO's own words. */
  label: string;
}

const taken = (
  type: string,
  label: string,
  first: Role = 'participant',
  second: Role = 'participant',
): Taken => ({ type, label, first, second });

// Whom words are said to or of, the code leaves open: so they are only spoken of.
const said = (label: string) => taken('statement', label, 'speaker', 'subject');

/**
 * The diplomatic codes of CAMEO 1.1b3 and our types for them: those that answer to one root of our types alone. So 057 is
 * taken (its words stay in the title, for it covers ratification as well), but 161 is not: it may be a rupture, a recall
 * or an expulsion, and saying which would be invention. Nor is 11, declining to comment, which is no event.
 */
export const CODES: ReadonlyMap<string, Taken> = new Map([
  ['010', said('Make statement')],
  ['012', said('Make pessimistic comment')],
  ['013', said('Make optimistic comment')],
  ['014', said('Consider policy option')],
  ['015', said('Acknowledge or claim responsibility')],
  ['016', said('Deny responsibility')],
  ['018', said('Make empathetic comment')],
  ['019', said('Express accord')],
  ['040', taken('meeting', 'Consult')],
  ['041', taken('call', 'Discuss by telephone')],
  ['042', taken('visit', 'Make a visit', 'guest', 'host')],
  ['043', taken('visit', 'Host a visit', 'host', 'guest')],
  ['044', taken('meeting', 'Meet at a third location')],
  ['045', taken('mediation', 'Mediate', 'mediator')],
  ['046', taken('talks', 'Engage in negotiation')],
  [
    '054',
    taken(
      'recognition',
      'Grant diplomatic recognition',
      'initiator',
      'addressee',
    ),
  ],
  ['057', taken('signing', 'Sign formal agreement', 'signatory', 'signatory')],
  [
    '085',
    taken(
      'sanctions',
      'Ease economic sanctions, boycott or embargo',
      'initiator',
      'addressee',
    ),
  ],
  ['114', taken('protest', 'Complain officially', 'initiator', 'addressee')],
  [
    '163',
    taken(
      'sanctions',
      'Impose embargo, boycott or sanctions',
      'initiator',
      'addressee',
    ),
  ],
  ['164', taken('talks.suspension', 'Halt negotiations', 'initiator')],
]);

/** Types of actors that act for their state: government, legislature, judiciary, military, police, intelligence. */
export const ORGANS = new Set(['GOV', 'LEG', 'JUD', 'MIL', 'COP', 'SPY']);

/** CAMEO's codes of states and their ISO 3166-1 alpha-2 codes; CAMEO has some codes that ISO 3166 has given up. */
// prettier-ignore
export const STATES: ReadonlyMap<string, string> = pairs(`
  AFG=AF ALB=AL DZA=DZ AND=AD AGO=AO ATG=AG ARG=AR ARM=AM AUS=AU AUT=AT AZE=AZ BHS=BS BHR=BH BGD=BD BRB=BB BLR=BY BEL=BE
  BLZ=BZ BEN=BJ BTN=BT BOL=BO BIH=BA BWA=BW BRA=BR BRN=BN BGR=BG BFA=BF BDI=BI KHM=KH CMR=CM CAN=CA CPV=CV CAF=CF TCD=TD
  CHL=CL CHN=CN COL=CO COM=KM COD=CD COG=CG COK=CK CRI=CR CIV=CI HRV=HR CUB=CU CYP=CY CZE=CZ DNK=DK DJI=DJ DMA=DM DOM=DO
  TMP=TL TLS=TL ECU=EC EGY=EG SLV=SV GNQ=GQ ERI=ER EST=EE ETH=ET FJI=FJ FIN=FI FRA=FR GAB=GA GMB=GM GEO=GE DEU=DE GHA=GH
  GRC=GR GRD=GD GTM=GT GIN=GN GNB=GW GUY=GY HTI=HT VAT=VA HND=HN HUN=HU ISL=IS IND=IN IDN=ID IRN=IR IRQ=IQ IRL=IE ISR=IL
  ITA=IT JAM=JM JPN=JP JOR=JO KAZ=KZ KEN=KE KIR=KI PRK=KP KOR=KR KSV=XK KWT=KW KGZ=KG LAO=LA LVA=LV LBN=LB LSO=LS LBR=LR
  LBY=LY LIE=LI LTU=LT LUX=LU MKD=MK MDG=MG MWI=MW MYS=MY MDV=MV MLI=ML MLT=MT MHL=MH MRT=MR MUS=MU MEX=MX FSM=FM MDA=MD
  MCO=MC MNG=MN MNE=ME MTN=ME MAR=MA MOZ=MZ MMR=MM NAM=NA NRU=NR NPL=NP NLD=NL NZL=NZ NIC=NI NER=NE NGA=NG NIU=NU NOR=NO
  OMN=OM PAK=PK PLW=PW PSE=PS PAL=PS PAN=PA PNG=PG PRY=PY PER=PE PHL=PH POL=PL PRT=PT QAT=QA ROM=RO ROU=RO RUS=RU RWA=RW
  KNA=KN LCA=LC VCT=VC WSM=WS SMR=SM STP=ST SAU=SA SEN=SN SRB=RS SYC=SC SLE=SL SGP=SG SVK=SK SVN=SI SLB=SB SOM=SO ZAF=ZA
  SSD=SS ESP=ES LKA=LK SDN=SD SUR=SR SWZ=SZ SWE=SE CHE=CH SYR=SY TWN=TW TJK=TJ TZA=TZ THA=TH TGO=TG TON=TO TTO=TT TUN=TN
  TUR=TR TKM=TM TUV=TV UGA=UG UKR=UA ARE=AE GBR=GB USA=US URY=UY UZB=UZ VUT=VU VEN=VE VNM=VN YEM=YE ZMB=ZM ZWE=ZW`);

/** Those that are not ISO 3166-1 alpha-3. */
export const GIVEN_UP = new Set(['TMP', 'KSV', 'MTN', 'PAL', 'ROM']);

/** CAMEO's codes of organizations of states, and their names. */
export const ORGANIZATIONS: ReadonlyMap<string, string> = new Map([
  ['AFU', 'African Union'],
  ['ARL', 'Arab League'],
  ['ASN', 'Association of Southeast Asian Nations'],
  ['CIS', 'Commonwealth of Independent States'],
  ['COE', 'Council of Europe'],
  ['CWN', 'Commonwealth of Nations'],
  ['EBR', 'European Bank for Reconstruction and Development'],
  ['EEC', 'European Union'],
  ['EFT', 'European Free Trade Association'],
  ['FAO', 'Food and Agriculture Organization'],
  ['GCC', 'Gulf Cooperation Council'],
  ['HCH', 'Office of the United Nations High Commissioner for Human Rights'],
  ['HCR', 'United Nations High Commissioner for Refugees'],
  ['IAE', 'International Atomic Energy Agency'],
  ['ICC', 'International Criminal Court'],
  ['ICJ', 'International Court of Justice'],
  ['ILO', 'International Labour Organization'],
  ['IMF', 'International Monetary Fund'],
  ['ITP', 'Interpol'],
  ['KID', 'United Nations Children’s Fund'],
  ['NAT', 'North Atlantic Treaty Organization'],
  ['NON', 'Non-Aligned Movement'],
  ['OAS', 'Organization of American States'],
  ['OAU', 'Organization of African Unity'],
  ['OIC', 'Organisation of Islamic Cooperation'],
  ['OPC', 'Organization of the Petroleum Exporting Countries'],
  ['SCE', 'Organization for Security and Co-operation in Europe'],
  ['UNO', 'United Nations'],
  ['WBK', 'World Bank'],
  ['WFP', 'World Food Programme'],
  ['WHO', 'World Health Organization'],
  ['WTO', 'World Trade Organization'],
]);

function pairs(text: string): Map<string, string> {
  return new Map(
    text
      .trim()
      .split(/\s+/)
      .map((pair): [string, string] => [pair.slice(0, 3), pair.slice(4)]),
  );
}
