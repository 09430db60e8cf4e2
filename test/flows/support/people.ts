/** Names as they are in many countries, for the contact lists of the examples. All people are made up. */
import type { Random } from './random';

/** Where people live and what they are called. Names in other alphabets carry the Latin form after a bar. */
interface Culture {
	country: string;
	cities: string[];
	given: string[];
	family: string[];
}

const words = (text: string): string[] => text.split(',').map((word) => word.trim());

const culture = (country: string, cities: string, given: string, family: string): Culture => ({
	country,
	cities: words(cities),
	given: words(given),
	family: words(family),
});

const CULTURES: Culture[] = [
	culture(
		'GB',
		'Leeds, Bristol, Cardiff',
		'Olivia, Amelia, George, Mary Jane, Harry, Siân',
		"Smith, O'Connor, Taylor-Jones, Wright, Evans, MacDonald",
	),
	culture(
		'US',
		'Austin, Portland, Omaha',
		'Madison, Ethan, Jayden, Latoya, Wyatt, Brianna',
		'Johnson, Washington, Miller III, Garcia Lopez, Nguyen, Davis',
	),
	culture(
		'DE',
		'Köln, Würzburg, Berlin',
		'Jürgen, Anneliese, Björn, Käthe, Hans-Peter, Lena',
		'Müller, Groß, Weiß, von der Heide, Schröder, Jäger',
	),
	culture(
		'FR',
		'Besançon, Nîmes, Lyon',
		'Zoé, François, Maëlle, Jean-Luc, Benoît, Aïcha',
		"Lefèvre, D'Aubigné, Garçon, Le Goff, Béranger, Noël",
	),
	culture(
		'ES',
		'Cádiz, León, A Coruña',
		'Begoña, Íñigo, María José, Álvaro, Lucía, Jesús',
		'Núñez, García y Vega, Ibáñez, Peña, Muñoz, Castaño',
	),
	culture(
		'BR',
		'São Paulo, Brasília, Belém',
		'João, Conceição, Antônio, Inês, Luís, Fátima',
		'dos Santos, Gonçalves, Assunção, Araújo, de Sá, Magalhães',
	),
	culture(
		'IT',
		'Forlì, Trento, Bari',
		'Nicolò, Chiara, Gianluca, Mariù, Ludovica, Enzo',
		"D'Angelo, Rossi, De Luca, Dell'Acqua, Esposito, Cannavò",
	),
	culture(
		'NL',
		'Utrecht, Delft, Den Haag',
		'Sjoerd, Anouk, Joost, Noë, Fenna, Daan',
		"van den Berg, 't Hart, de Vries, in 't Veld, IJzerman, Koç",
	),
	culture(
		'PL',
		'Łódź, Kraków, Gdańsk',
		'Łukasz, Małgorzata, Żaneta, Paweł, Agnieszka, Stanisław',
		'Wiśniewska, Dąbrowski, Żuławski, Wójcik, Szczęsny, Lewandowska',
	),
	culture(
		'CZ',
		'Plzeň, Brno, Ústí nad Labem',
		'Jiří, Zdeňka, Ondřej, Šárka, Tomáš, Věra',
		'Dvořák, Němcová, Růžička, Žižka, Šťastná, Čapek',
	),
	culture(
		'HU',
		'Győr, Pécs, Szeged',
		'Zsófia, György, Ágnes, Lőrinc, Csilla, Bálint',
		'Kovács, Szőke, Nagy-Szabó, Fűzfa, Gyöngyösi, Tóth',
	),
	culture(
		'RO',
		'București, Iași, Timișoara',
		'Ștefan, Mădălina, Răzvan, Anca, Ioniță, Smaranda',
		'Popescu, Țăran, Brâncuși, Mureșan, Ionescu, Crăciun',
	),
	culture(
		'TR',
		'İzmir, Muğla, Eskişehir',
		'Işıl, Çağrı, Gülşen, İbrahim, Oğuz, Şule',
		'Yılmaz, Öztürk, Şahin, Doğan, Güneş, Çelik',
	),
	culture(
		'SE',
		'Malmö, Göteborg, Umeå',
		'Åsa, Björn, Linnéa, Sören, Märta, Håkan',
		'Åkesson, Öberg, Sjöström, Lindqvist, Ström, Håkansson',
	),
	culture(
		'IS',
		'Reykjavík, Akureyri, Ísafjörður',
		'Þórdís, Guðmundur, Æsa, Björk, Sigurður, Ragnheiður',
		'Þórsdóttir, Ægisson, Guðjónsson, Ólafsdóttir, Eiríksson, Jónsdóttir',
	),
	culture(
		'VN',
		'Hà Nội, Đà Nẵng, Huế',
		'Nguyệt, Đức, Phương Thảo, Quốc Huy, Thị Hạnh, Tuấn',
		'Nguyễn, Trần, Đặng, Phạm, Huỳnh, Võ',
	),
	culture(
		'ID',
		'Bandung, Surabaya, Medan',
		'Siti, Budi, Dewi, Agus, Putri, Wayan',
		'Wijaya, Nurhaliza, Hartono, Simanjuntak, Lestari, Saputra',
	),
	culture(
		'NG',
		'Lagos, Ìbàdàn, Enugu',
		'Ọláolúwa, Chukwuemeka, Ngọzi, Adébáyọ̀, Ifeoma, Títílayọ̀',
		'Adéwálé, Okonkwọ, Ọdunsi, Nwachukwu, Balógun, Eze',
	),
	culture(
		'GR',
		'Αθήνα, Πάτρα, Θεσσαλονίκη',
		'Ελένη|eleni, Γιώργος|giorgos, Άννα|anna, Νίκος|nikos, Σοφία|sofia, Ξένια|xenia',
		'Παπαδόπουλος|papadopoulos, Οικονόμου|oikonomou, Ψαρράς|psarras, Ιωάννου|ioannou, Χατζής|chatzis, Γεωργίου|georgiou',
	),
	culture(
		'UA',
		'Київ, Львів, Одеса',
		'Олена|olena, Тарас|taras, Соломія|solomiia, Юрій|yurii, Наталя|natalia, Їжак|yizhak',
		"Шевченко|shevchenko, Коваленко|kovalenko, Бондар|bondar, Мар'яненко|marianenko, Лисенко|lysenko, Ґудзь|gudz",
	),
	culture(
		'BG',
		'София, Пловдив, Варна',
		'Ивана|ivana, Георги|georgi, Цветелина|tsvetelina, Димитър|dimitar, Юлия|yulia, Петър|petar',
		'Иванов|ivanov, Стоянова|stoyanova, Христов|hristov, Желязкова|zhelyazkova, Димитрова|dimitrova, Тодоров|todorov',
	),
	culture(
		'AE',
		'دبي, أبوظبي, الشارقة',
		'فاطمة|fatima, محمد|mohammed, عائشة|aisha, يوسف|yusuf, نورة|noura, خالد|khalid',
		'المنصوري|almansoori, الهاشمي|alhashimi, بن زايد|binzayed, الكعبي|alkaabi, حداد|haddad, النعيمي|alnuaimi',
	),
	culture(
		'IL',
		'תל אביב, חיפה, ירושלים',
		'נועה|noa, איתן|eitan, שירה|shira, יוסי|yossi, תמר|tamar, דוד|david',
		'כהן|cohen, לוי|levi, מזרחי|mizrahi, בן דוד|bendavid, פרץ|peretz, אברהם|avraham',
	),
	culture(
		'IN',
		'मुंबई, पुणे, जयपुर',
		'प्रिया|priya, अर्जुन|arjun, दीपिका|deepika, राहुल|rahul, ஈஸ்வரி|eswari, સંજય|sanjay',
		'शर्मा|sharma, पटेल|patel, गुप्ता|gupta, கிருஷ்ணன்|krishnan, सिंह|singh, মুখার্জি|mukherjee',
	),
	culture(
		'CN',
		'北京, 上海, 成都',
		'秀英|xiuying, 伟|wei, 欣怡|xinyi, 浩然|haoran, 梓涵|zihan, 静|jing',
		'王|wang, 欧阳|ouyang, 李|li, 张|zhang, 司马|sima, 陈|chen',
	),
	culture(
		'JP',
		'東京, 大阪, 札幌',
		'さくら|sakura, 健太|kenta, 美咲|misaki, 翔|sho, ゆい|yui, 大輔|daisuke',
		'佐藤|sato, 髙橋|takahashi, 渡邉|watanabe, 鈴木|suzuki, 五十嵐|igarashi, 小野寺|onodera',
	),
	culture(
		'KR',
		'서울, 부산, 대구',
		'서연|seoyeon, 민준|minjun, 지우|jiwoo, 하은|haeun, 도윤|doyun, 수빈|subin',
		'김|kim, 이|lee, 박|park, 남궁|namgung, 최|choi, 정|jung',
	),
	culture(
		'TH',
		'กรุงเทพฯ, เชียงใหม่, ขอนแก่น',
		'สมชาย|somchai, มาลี|malee, กนกวรรณ|kanokwan, ธนา|thana, อรุณี|arunee, ปิยะ|piya',
		'ศรีสุข|srisuk, แก้วมณี|kaewmanee, วงศ์ใหญ่|wongyai, ใจดี|jaidee, ทองคำ|thongkham, บุญมี|bunmee',
	),
];

const COMPANIES: Array<[name: string, domain: string]> = [
	['Nordwind Logistik GmbH & Co. KG', 'nordwind'],
	['Harbour & Sons Ltd.', 'harbour-sons'],
	['Café Zoë', 'cafe-zoe'],
	['Atelier “Les Trois”', 'lestrois'],
	['Łąka Sp. z o.o.', 'laka'],
	['株式会社あおぞら', 'aozora'],
	['Blue Fjord AS', 'bluefjord'],
	['Öztürk İnşaat A.Ş.', 'ozturk-insaat'],
	['São João Têxtil', 'saojoao'],
	['Clínica del Valle, S.L.', 'clinicadelvalle'],
	['Green “Valley” Foods', 'greenvalley'],
	['Городской музей', 'citymuseum'],
];

/** A made-up person. */
export interface Person {
	firstname: string;
	lastname: string;
	/** In small letters, digits, dots and hyphens, before and after one @. */
	email: string;
	company: string;
	city: string;
	country: string;
}

const SPECIAL: Record<string, string> = {
	ß: 'ss',
	ø: 'o',
	ł: 'l',
	đ: 'd',
	ð: 'd',
	æ: 'ae',
	þ: 'th',
	ı: 'i',
};

/** A name in the letters that an address may hold. */
function latin(name: string): string {
	const [native, written] = name.split('|');
	const small = (written ?? native)
		.toLowerCase()
		.replace(/[ßøłđðæþı]/g, (letter) => SPECIAL[letter]);
	return small.normalize('NFD').replace(/[^a-z]/g, '');
}

const native = (name: string): string => name.split('|')[0];

/**
 * Makes people whose addresses all differ.
 * @param used addresses that are given away already; new ones are added
 */
export function makePerson(random: Random, used: Set<string>): Person {
	const from = random.pick(CULTURES);
	const [given, family] = [random.pick(from.given), random.pick(from.family)];
	const [company, domain] = random.pick(COMPANIES);
	const name = `${latin(given)}.${latin(family)}`;
	let email = `${name}@${domain}.example`;
	for (let number = 2; used.has(email); number++) email = `${name}${number}@${domain}.example`;
	used.add(email);
	return {
		firstname: native(given),
		lastname: native(family),
		email,
		company,
		city: random.pick(from.cities),
		country: from.country,
	};
}
